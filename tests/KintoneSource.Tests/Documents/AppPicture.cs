using System.Globalization;
using System.Text;

namespace KintoneSource.Tests.Documents;

/// <summary>A table of the picture.</summary>
/// <param name="Title">Above it.</param>
sealed record PictureTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>The README's first lines: a record as people see it in Kintone, and beside it the rows that arrive. Readable on light and dark pages.</summary>
static class AppPicture
{
    const int Margin = 16, RowHeight = 26, Cell = 9, FieldHeight = 46, Gap = 46;

    /// <param name="app">The app's name.</param>
    /// <param name="fields">What the record shows, by its labels.</param>
    /// <param name="table">The record's sub-table.</param>
    /// <param name="streams">What came of both.</param>
    public static string Of(string app, IReadOnlyList<(string Label, string Value)> fields, PictureTable table, IReadOnlyList<PictureTable> streams)
    {
        var form = (int)Math.Max(Widths(table).Sum(), fields.Max(static f => Width(f.Value) * 2)) + (2 * Margin);
        var left = form + Gap;
        var width = left + (int)streams.Max(static s => Widths(s).Sum()) + Margin;
        var body = new StringBuilder();

        var y = 56;
        for (var i = 0; i < fields.Count; i++)
        {
            var x = Margin + (i % 2 * (form - (2 * Margin)) / 2);
            Text(body, "label", x, y + 12, fields[i].Label);
            Text(body, "value", x, y + 31, fields[i].Value);
            if (i % 2 == 1 || i == fields.Count - 1) y += FieldHeight;
        }
        var formEnd = Draw(body, table, Margin, y + 4, "label") + Margin;

        y = 22;
        foreach (var stream in streams) y = Draw(body, stream, left, y, "stream") + 24;
        var height = Math.Max(formEnd, y) + 2;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{{width}}" height="{{height}}" viewBox="0 0 {{width}} {{height}}" role="img" aria-labelledby="title">
            <title id="title">A record in Kintone, and the rows that arrive in a warehouse</title>
            <style>
              text { font: 13px system-ui, "Hiragino Sans", "Noto Sans CJK JP", sans-serif; fill: #1f2328; }
              .app { font-size: 15px; font-weight: 600; fill: #ffffff; } .label { font-size: 11px; fill: #59636e; }
              .stream, .column { font: 12px ui-monospace, Menlo, Consolas, monospace; } .stream { font-weight: 600; } .column { fill: #0a7d8c; }
              .card { fill: #ffffff; stroke: #d1d7de; } .bar { fill: #0a7d8c; } .line { stroke: #d1d7de; } .arrow { fill: #0a7d8c; }
              @media (prefers-color-scheme: dark) {
                text { fill: #f0f6fc; } .label { fill: #9198a1; } .column { fill: #2fb5c6; }
                .card { fill: #151b23; stroke: #3d444d; } .line { stroke: #3d444d; } .arrow { fill: #2fb5c6; }
              }
            </style>
            <rect class="card" x="0.5" y="0.5" width="{{form - 1}}" height="{{formEnd}}" rx="6"/>
            <path class="bar" d="M0 40V6a6 6 0 0 1 6-6h{{form - 12}}a6 6 0 0 1 6 6v34z"/>
            <text class="app" x="{{Margin}}" y="26">{{app}}</text>
            <path class="arrow" d="M{{form + 8}} {{(formEnd / 2) - 3}}h16v-6l12 9l-12 9v-6h-16z"/>
            {{body}}</svg>

            """);
    }

    /// <returns>Where it ends.</returns>
    static int Draw(StringBuilder body, PictureTable table, int left, int top, string title)
    {
        var widths = Widths(table).ToArray();
        Text(body, title, left, top, table.Title);
        Row(top + 8, table.Columns, title == "stream" ? "column" : "label");
        for (var i = 0; i < table.Rows.Count; i++) Row(top + 8 + ((i + 1) * RowHeight), table.Rows[i], "value");
        return top + 8 + ((table.Rows.Count + 1) * RowHeight);

        void Row(int y, IReadOnlyList<string> cells, string style)
        {
            var x = (double)left;
            for (var i = 0; i < cells.Count; x += widths[i++]) Text(body, style, (int)x, y + 17, cells[i]);
            body.Append(CultureInfo.InvariantCulture, $"<path class=\"line\" d=\"M{left} {y + RowHeight - 1.5}h{(int)widths.Sum() - Cell}\"/>\n");
        }
    }

    static void Text(StringBuilder body, string style, int x, int y, string text) =>
        body.Append(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{x}\" y=\"{y}\">{System.Security.SecurityElement.Escape(text)}</text>\n");

    static IEnumerable<double> Widths(PictureTable table) =>
        table.Columns.Select((column, i) => Math.Ceiling(table.Rows.Select(row => Width(row[i])).Append(Width(column)).Max()) + (2 * Cell));

    /// <summary>About: kana and kanji are square, other characters a little more than half as wide.</summary>
    static double Width(string text) => text.Sum(static c => c >= '\u2e80' ? 13 : 7.3);
}
