"""Packs as XLSForm workbooks and back: the spreadsheet that survey tools share (xlsform.org).

`workbook` is the only place that opens one; `survey` and `packing` make a pack of what stands in it, `exporting` the
way back. Every cell is either used or named, in a refusal or in a note.
"""
