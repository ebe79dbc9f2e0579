"""The files that pages are made of: templates, styles, modules of JavaScript, and `vendor`, which `make vendor` writes."""
