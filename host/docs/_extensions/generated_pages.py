"""The extension of Sphinx that writes the generated pages and connects them to the written ones.

The pages go to ``host/docs/generated``, which git ignores. A file is only written if it changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api_pages import api_pages
from docstring_lists import process, process_signature
from docutils import nodes
from message_page import message_pages
from reference_pages import reference_pages
from site_links import contents_below, contents_of, copied_pages, link_of_code, with_links
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from verb_pages import verb_pages


def all_pages() -> dict[str, str]:
    """Every generated page by its path below ``generated``."""
    return {
        **verb_pages(),
        **api_pages(),
        **message_pages(),
        **reference_pages(),
        **copied_pages(),
    }


def write_pages(app: Sphinx) -> None:
    """Write the pages, and remove those of an earlier build that are no longer made."""
    folder = Path(app.srcdir) / "generated"
    pages = {folder / name: text for name, text in all_pages().items()}
    for path in folder.rglob("*.*"):
        if path not in pages:
            path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def prepare(app: Sphinx, docname: str, source: list[str]) -> None:
    """Mend the links of a written page and add its contents."""
    if docname.startswith("generated/"):
        return
    folder = Path(docname).parent
    text = with_links(source[0], Path(app.srcdir) / folder, folder.as_posix())
    text += contents_of(text) if docname == "index" else contents_below(docname)
    source[0] = text


def link_code(app: Sphinx, doctree: nodes.document) -> None:
    """Make links of inline code in written pages."""
    docname = app.env.docname
    if docname.startswith(("generated/verbs", "generated/python")):
        return
    for node in list(doctree.findall(nodes.literal)):
        found = link_of_code(node.astext(), docname)
        if found and not isinstance(node.parent, (nodes.reference, nodes.title, pending_xref)):
            node.replace_self(_reference(node, found, docname))


def _reference(node: nodes.literal, link: tuple[str, str, str], docname: str) -> pending_xref:
    domain, role, target = link
    reference = pending_xref(
        "",
        node.deepcopy(),
        refdomain=domain,
        reftype=role,
        reftarget=target,
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )
    reference.source, reference.line = node.source, node.line
    return reference


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", write_pages)
    app.connect("source-read", prepare)
    app.connect("doctree-read", link_code)
    app.connect("autodoc-process-docstring", process)
    app.connect("autodoc-process-signature", process_signature)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
