ZDOTDIR="$COURSE_ZDOTDIR"
if [[ -f "$ZDOTDIR/.zshrc" ]]; then
    source "$ZDOTDIR/.zshrc"
fi
source "$COURSE_TERMINAL/../startup.sh"
