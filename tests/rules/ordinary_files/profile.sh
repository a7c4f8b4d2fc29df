# /etc/profile.d/so-tttt.sh
export HISTTIMEFORMAT="%F %T "
export HISTSIZE=100000
alias ll='ls -l'
alias sudo='sudo '
[ -f "$HOME/.bash_aliases" ] && . "$HOME/.bash_aliases"
eval "$(dircolors -b)"
if [ -x /usr/bin/ssh-agent ] && [ -z "$SSH_AUTH_SOCK" ]; then eval "$(ssh-agent -s)" > /dev/null; fi
(/usr/bin/gnome-keyring-daemon --start > /dev/null 2>&1 &)
