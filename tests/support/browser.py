"""A page as people see it: in Chromium, printed, and checked by html-validate and axe-core.

Chromium, node and the npm packages axe-core, html-validate and playwright-core are not part of the
kit. If one is missing, a test is skipped and names it. MICROBIT_ML_NODE_MODULES is the folder of
the packages ("node_modules").
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-pdf-header-footer",
]
SECONDS = 120  # timeout of a program that hangs

# html-validate's recommended rules, except those on source formatting: nobody reads the source.
RULES = {
    "extends": ["html-validate:recommended"],
    "root": True,
    "rules": {
        "no-trailing-whitespace": "off",
        "long-title": "off",
        "no-inline-style": "off",  # how SVG is drawn
        "no-redundant-role": "off",
        "prefer-native-element": "off",
        "svg-focusable": "off",
    },
}

AXE = """
const { chromium } = require("playwright-core");
const [program, address, width, theme] = process.argv.slice(2);
(async () => {
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  const page = await browser.newPage({
    viewport: { width: Number(width), height: 900 }, bypassCSP: true, colorScheme: theme });
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(address);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  const cut = await page.evaluate(CUT);
  await page.addScriptTag({ path: require.resolve("axe-core") });
  const found = await page.evaluate(() => axe.run());
  await browser.close();
  console.log(JSON.stringify({ asked, wide, cut, violations: found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help,
    where: one.nodes.map((node) => node.html.slice(0, 200)) })) }));
})().catch((error) => { console.error(error); process.exit(1); });
"""

# Texts of pictures that overlap another text of the same picture, or extend beyond its edge.
CUT = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const edge = svg.getBoundingClientRect();
    // The box of a slanted text is larger than the text, so slanted ones are left out.
    const level = (one) => Math.abs(one.getCTM().b * one.getCTM().a) < 1e-6;
    const texts = [...svg.querySelectorAll("text")].filter(
      (one) => one.textContent.trim() && level(one));
    const boxes = texts.map((one) => [one.textContent.trim(), one.getBoundingClientRect()]);
    boxes.forEach(([text, box], i) => {
      if (box.left < edge.left - 1 || box.right > edge.right + 1 ||
          box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
        found.push([svg.id || svg.getAttribute("aria-labelledby"), "beyond the edge", text]);
      for (const [other, its] of boxes.slice(i + 1)) {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (across > 1 && down > 3)
          found.push([svg.id || svg.getAttribute("aria-labelledby"), text, other]);
      }
    });
  }
  return found;
}"""


@dataclass(frozen=True)
class Seen:
    """A browser's findings about a page.

    violations: of axe-core's rules, each with id, impact, help and where; asked: the URLs that the
    page loaded; wide: its width in pixels; cut: texts of pictures that overlap or are cut off.
    """

    violations: list[dict]
    asked: list[str]
    wide: int
    cut: list[list[str]]


def _found(names: tuple[str, ...], what: str) -> str:
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    pytest.skip(f"no {what} on this computer")


def _packages(name: str) -> Path:
    folder = os.environ.get("MICROBIT_ML_NODE_MODULES", "")
    if not folder or not (Path(folder) / name).is_dir():
        pytest.skip(f"MICROBIT_ML_NODE_MODULES is not a folder with the npm package {name}")
    return Path(folder)


def _run(command: list[str], **options: object) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, **options
    )
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _chromium(address: str, work: Path, *more: str) -> str:
    program = _found(NAMES, "Chromium")
    return _run([program, *QUIET, f"--user-data-dir={work / 'profile'}", *more, address])


def dump(address: str, work: Path) -> str:
    """The HTML of a page after its scripts have run; work: a folder for temporary files."""
    return _chromium(address, work, "--virtual-time-budget=10000", "--dump-dom")


def screenshot(page: Path, picture: Path, width: int, height: int = 900) -> None:
    """The page in a window of this size in pixels, as PNG."""
    _chromium(
        page.resolve().as_uri(),
        picture.parent,
        f"--screenshot={picture}",
        f"--window-size={width},{height}",
    )


def printed(page: Path, pdf: Path) -> None:
    """The page as it is printed, as PDF."""
    _chromium(page.resolve().as_uri(), pdf.parent, f"--print-to-pdf={pdf}")


@dataclass(frozen=True)
class Sheet:
    """A printed page: the text of its lowest line, and the fraction of its height below that.

    The margins do not count.
    """

    last_line: str
    empty: float


MARGIN_CM, HEIGHT_CM = 1.7, 29.7  # of the style sheet's @page, and of A4


def sheets(pdf: Path) -> list[Sheet]:
    """The pages of a PDF, by where pdftotext finds words, those of pictures too."""
    program = _found(("pdftotext",), "pdftotext")
    text = _run([program, "-bbox-layout", str(pdf), "-"])
    found = []
    for sheet in re.findall(r"<page (.*?)</page>", text, re.DOTALL):
        height = float(re.search(r'height="([\d.]+)"', sheet)[1])
        lines = [
            (float(bottom), html.unescape(" ".join(re.findall(r"<word [^>]*>(.*?)</word>", words))))
            for bottom, words in re.findall(
                r'<line [^>]*yMax="([\d.]+)"[^>]*>(.*?)</line>', sheet, re.DOTALL
            )
        ]
        bottom, line = max(lines)
        margin = height * MARGIN_CM / HEIGHT_CM
        found.append(Sheet(line, (height - margin - bottom) / (height - 2 * margin)))
    return found


def look(page: Path, work: Path, width: int = 1280, theme: str = "light") -> Seen:
    """The page in Chromium, checked by axe-core; work: a folder for temporary files.

    theme: the one that the system prefers, light or dark.
    """
    node, program = _found(("node",), "node"), _found(NAMES, "Chromium")
    modules = _packages("playwright-core")
    _packages("axe-core")
    script = work / "look.js"
    script.write_text(AXE.replace("CUT", CUT), encoding="utf-8")
    answer = _run(
        [node, str(script), program, page.resolve().as_uri(), str(width), theme],
        env={**os.environ, "NODE_PATH": str(modules)},
    )
    return Seen(**json.loads(answer))


def faults_of_html(page: Path, work: Path) -> list[str]:
    """The problems that html-validate finds in the page."""
    node, modules = _found(("node",), "node"), _packages("html-validate")
    rules = work / "htmlvalidate.json"
    rules.write_text(json.dumps(RULES), encoding="utf-8")
    program = next((modules / "html-validate" / "bin").glob("html-validate.*js"))
    done = subprocess.run(
        [node, str(program), "--formatter", "json", "--config", str(rules), str(page)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.stdout.strip().startswith("["), done.stdout + done.stderr
    return [
        f"{one['line']}:{one['column']} {one['ruleId']}: {one['message']}"
        for result in json.loads(done.stdout)
        for one in result["messages"]
    ]


if __name__ == "__main__":  # MICROBIT_ML_NODE_MODULES=... python browser.py PAGE.html [FOLDER]
    source, folder = Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else ".")
    print("\n".join(faults_of_html(source, folder)) or "html-validate: clean")
    for size in (1280, 400):
        print(size, look(source, folder, size))
