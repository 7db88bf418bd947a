"""Flesch reading ease: 206.835 - 1.015 words per sentence - 84.6 syllables per word.

60 to 70 is plain English for pupils of 13 to 15 (Flesch 1948, J. Appl. Psychol. 32:221). Syllables
are counted by rules: textstat would download a dictionary at its first use.

    python tests/support/reading_ease.py        # all lessons, and the hardest sentences of each
    python tests/support/reading_ease.py 3
"""

from __future__ import annotations

import re
import sys

# Words of the lessons that the rules below count wrong.
EXCEPTIONS = {
    "science": 2, "idea": 3, "ideas": 3, "area": 3, "being": 2, "create": 2, "created": 3,
    "something": 2, "sometimes": 2, "someone": 2, "somebody": 3, "everything": 3, "every": 2,
    "everybody": 4, "everyone": 3, "recipe": 3, "people": 2, "business": 2, "evening": 2,
    "different": 2, "difference": 2, "several": 2, "average": 2, "whole": 1, "else": 1,
    "neuron": 2, "neurons": 2, "bias": 2, "biased": 2, "biases": 3, "quiet": 2, "trial": 2,
    "reads": 1, "axes": 2, "lively": 2, "safely": 2, "basement": 2, "statement": 2, "useful": 2,
    "useless": 2, "movement": 2, "movements": 2, "homework": 2, "wherever": 3, "therefore": 2,
    "sideways": 2, "accelerometer": 6, "quantized": 2, "micro:bit": 3, "cross-entropy": 4,
    "relu": 2, "xor": 2, "doing": 2, "going": 2, "goes": 1, "does": 1, "doesn't": 2, "isn't": 2,
    "wasn't": 2, "didn't": 2, "couldn't": 2, "shoes": 1, "radius": 3, "medium": 3, "piano": 3,
    "diagram": 3, "dial": 2, "real": 1, "really": 2, "nearest": 2, "theory": 3, "video": 3,
    "museum": 3, "society": 4, "variety": 4, "gradient": 3, "usual": 3, "usually": 4, "poem": 2,
    "variable": 4, "equal": 2, "mcnemar": 3, "forehead": 2, "numpy": 2, "python": 2, "naive": 2,
    "pythagoras": 4, "theorem": 3, "elsewhere": 2, "metres": 2, "metre": 2,
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][A-Za-z:'’-]*")


def syllables(word: str) -> int:
    """The number of syllables of an English word, by its spelling."""
    word = word.lower().replace("’", "'").strip("':-")
    if word in EXCEPTIONS:
        return EXCEPTIONS[word]
    if "-" in word or ":" in word:
        return sum(syllables(part) for part in re.split(r"[-:]", word) if part)
    letters = re.sub(r"'(s|re|ve|ll|d|m|t)?$", "", word)
    if re.search(r"[^aeiouytd]ed$", letters):
        letters = letters[:-2]  # "trained": the e is silent
    elif re.search(r"([^aeiouysxzcglh]|[aeiouy]l|[^sc]h)es$", letters):
        letters = letters[:-2]  # "likes"
    elif re.search(r"[^aeiouyl]e$|[aeiouy]le$|[aeiouy][^aeiouy]*[aeiouy]e$", letters):
        letters = letters[:-1]  # "make", "whole", "value"
    letters = re.sub(r"(?<=[aeiouy])(.*[^aeiouyl])e(ly|ment|less|ful)$", r"\1\2", letters)
    count = len(re.findall(r"[aeiouy]+", letters))
    apart = r"i(?:a(?!g)|um|or|es?t$)|(?<![tsc])io(?!u)|(?<![tscxg])iou|e[ou]s|uou|ying"
    count += len(re.findall(rf"{apart}|[aeo]y[aeiou]|ifier", letters))
    return max(1, count)


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; code and numbers are left out, a paragraph ends a sentence."""
    text = re.sub(r"`[^`]*`", " ", text).replace("**", "")
    parts = re.split(r"(?<=[.!?])[\"”')]*\s+|\n\s*\n", text)
    return [words for part in parts if (words := _WORD.findall(part))]


def flesch(text: str) -> float:
    """The reading ease of a text: 100 is very easy, 30 is hard."""
    found = sentences(text)
    words = [word for sentence in found for word in sentence]
    return (
        206.835 - 1.015 * len(words) / len(found) - 84.6 * sum(map(syllables, words)) / len(words)
    )


def main() -> None:
    from lesson_checks import pupils_text

    from microbit_ml.lessons.course import lesson_folders, load_lesson
    from microbit_ml.lessons.straight import Silent

    numbers = [int(word) for word in sys.argv[1:]] or list(lesson_folders())
    for number in numbers:
        text = pupils_text(load_lesson(number).run(Silent()).record)
        print(f"lesson {number}: {flesch(text):.1f}")
        hardest = sorted(sentences(text), key=lambda words: flesch(" ".join(words)))
        for words in hardest[: 8 if len(sys.argv) > 1 else 2]:
            print(f"  {flesch(' '.join(words)):6.1f}  {' '.join(words)}")


if __name__ == "__main__":
    main()
