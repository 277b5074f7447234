# bash reads this file instead of ~/.bashrc, sh and zsh read it after their own files. What those put
# first on PATH, such as pyenv's or conda's Python, comes after the course's own.
if [ -n "${BASH_VERSION:-}" ] && [ -f ~/.bashrc ]; then
    . ~/.bashrc
fi
unalias python python3 pytest 2>/dev/null || true
unset -f python python3 pytest 2>/dev/null || true
PATH="$COURSE_PATH${PATH:+:$PATH}"
export PATH

# "File > New > Terminal" opens wherever the server was started. Commands are typed in its first folder.
if [ "$PWD" = "$COURSE_STARTED_IN" ] && [ -n "${JUPYTER_SERVER_ROOT:-}" ]; then
    cd "$JUPYTER_SERVER_ROOT"
fi
