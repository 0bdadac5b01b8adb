"""Who may send, how much and when: the limits of the upstream, shared out, and what was used of them."""
