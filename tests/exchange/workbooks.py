"""Workbooks part by part, for what no well-meaning program would write."""

import io
import zipfile

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(reference: str, value: object, *, kind: str = "", style: int = 0, formula: str = "") -> str:
    if isinstance(value, str) and not kind:
        return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'
    stored = "" if value is None else f"<v>{value}</v>"
    asked = f"<f>{formula}</f>" if formula else ""
    return f'<c r="{reference}"{f" t={chr(34)}{kind}{chr(34)}" if kind else ""} s="{style}">{asked}{stored}</c>'


def sheet(rows: dict[int, list[str]], *, after: str = "") -> str:
    lines = "".join(f'<row r="{number}">{"".join(cells)}</row>' for number, cells in rows.items())
    return f"<worksheet {MAIN}><sheetData>{lines}</sheetData>{after}</worksheet>"


def workbook(
    *sheets: str, states: tuple[str, ...] = (), date1904: bool = False, parts: dict[str, str] | None = None
) -> bytes:
    """Style 1 is a date (yyyy-mm-dd), style 2 a time; further or other parts by name."""
    states = states or ("visible",) * len(sheets)
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n}" state="{state}" r:id="rId{n}"/>' for n, state in enumerate(states, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    content = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATIONS}"><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/styles.xml": f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="20"/></cellXfs></styleSheet>',
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, start=1)},
        **(parts or {}),
    }
    return zipped(content)


def zipped(content: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in content.items():
            package.writestr(name, text)
    return out.getvalue()
