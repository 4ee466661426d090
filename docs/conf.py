"""How Sphinx makes the documentation: ``make docs`` builds it, and takes every warning for an error."""

project = "Serai"
author = "The authors of Serai"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

exclude_patterns = ["examples"]  # linked to as files
html_theme = "alabaster"
html_theme_options = {"description": "Data-processing clusters, through plugins", "fixed_sidebar": True}
html_show_copyright = False

myst_heading_anchors = 3  # `#get_versions` leads to the hook

autodoc_default_options = {"members": True, "undoc-members": False, "show-inheritance": False}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
