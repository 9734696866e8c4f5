"""The tree with its history, groups, links, posts and tenures."""
