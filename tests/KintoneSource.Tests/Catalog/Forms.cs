using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;

namespace KintoneSource.Tests.Catalog;

/// <summary>Forms and schemas for the tests of this room.</summary>
static class Forms
{
    public static Form Of(params IEnumerable<FormField> fields) => new("1", [.. fields.OrderBy(static f => f.Code, StringComparer.Ordinal)]);

    public static FormField Field(string code, string type) => new(code, code, type);

    public static FormField Table(string code, params IEnumerable<FormField> fields) => new(code, code, "SUBTABLE") { Fields = [.. fields] };

    public static FormField UpdatedTime { get; } = Field("更新日時", "UPDATED_TIME");

    /// <summary>Columns of every kind, tables with columns of every other kind.</summary>
    /// <summary>Kinds that fields have: whom a comment mentions is in no record.</summary>
    static Gen<ColumnKind> Kind { get; } = Gen.Enum<ColumnKind>().Where(static k => k != ColumnKind.MentionList);

    public static Gen<Column> Column { get; } = Gen.Select(Kind, Columns(Kind.Where(static k => k != ColumnKind.Table).Select(static k => Leaf(k))))
        .Select(static (kind, inner) => new Column("c", "c", kind, kind == ColumnKind.Table ? inner : []));

    static Gen<ImmutableArray<Column>> Columns(Gen<Column> column) =>
        column.Array[0, 4].Select(static c => ImmutableArray.Create([.. c.Select(static (c, i) => c with { Name = $"c{i}", Source = $"c{i}" })]));

    static Column Leaf(ColumnKind kind) => new("c", "c", kind);

    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
