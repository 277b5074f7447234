# bash reads this file instead of ~/.bashrc, sh and zsh read it after their own files. What those put
# first on PATH, such as pyenv's or conda's Python, comes after the course's own.
if [ -n "${BASH_VERSION:-}" ] && [ -f ~/.bashrc ]; then
    . ~/.bashrc
fi
unalias python python3 pytest 2>/dev/null || true
unset -f python python3 pytest 2>/dev/null || true
PATH="$COURSE_PATH${PATH:+:$PATH}"
export PATH
