"""Configuration of the site. Build it into a folder, for example site:

python -m sphinx -W -b html host/docs site
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

project = "microbit-ml"
extensions = ["myst_parser", "sphinx.ext.autodoc", "generated_pages"]
exclude_patterns = ["_extensions", "pictures/*.md"]

smartquotes = False  # commands and messages are shown as they are typed and printed

myst_heading_anchors = 4  # links to headings work as on GitHub

autodoc_member_order = "bysource"
add_module_names = False
python_use_unqualified_type_names = True
nitpicky = True  # each :func:, :attr: ... in a docstring leads somewhere
nitpick_ignore_regex = [("py:class", ".*")]  # signatures: types of NumPy, and of private modules
highlight_language = "none"  # of blocks in docstrings

html_theme = "furo"
html_title = "microbit-ml"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = False
html_copy_source = False
html_search_scorer = str(HERE / "_templates" / "search_order.js")
html_show_search_summary = False  # they need a server; titles and headings are found without one
