# zsh reads its files in the folder ZDOTDIR, which is this one for a moment.
if [[ -f "$COURSE_ZDOTDIR/.zshenv" ]]; then
    ZDOTDIR="$COURSE_ZDOTDIR"
    source "$COURSE_ZDOTDIR/.zshenv"
fi
ZDOTDIR="$COURSE_TERMINAL"
