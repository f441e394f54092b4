PATH=$PATH:$HOME/bin:.
export PATH
