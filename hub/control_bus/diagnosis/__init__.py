"""``pophub doctor``: whether this machine is fit to run the hub. One file per theme; nothing is changed."""
