namespace KintoneSimulator.Query;

/// <summary>What the query language has to know of a field. Compared by reference: a catalog hands out one object per field.</summary>
public sealed class FieldInfo(string code, FieldType type)
{
    /// <summary><c>$id</c> under its fixed code; every catalog answers with it.</summary>
    public static FieldInfo Id { get; } = new("$id", FieldType.Id);

    /// <summary><c>$revision</c>. It can be asked for, not queried.</summary>
    public static FieldInfo Revision { get; } = new("$revision", FieldType.Revision);

    public string Code { get; } = code;

    public FieldType Type { get; } = type;

    /// <summary>Free for the store that owns the catalog, for instance a position in its records.</summary>
    public int Ordinal { get; init; } = -1;

    /// <summary>The choices of a check box, radio button, drop-down or multi-select, and the states of a STATUS.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public CalcFormat Format { get; init; }

    /// <summary>The sub-table that the field is in, or null.</summary>
    public FieldInfo? Table { get; init; }

    /// <summary>For RECORD_NUMBER: the app's code, or an empty string.</summary>
    public string AppCode { get; init; } = "";

    /// <summary>False for STATUS, STATUS_ASSIGNEE and CATEGORY while they are switched off.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>For REFERENCE_TABLE: the fields of the app that it shows; null without rights on that app.</summary>
    public Func<IFieldCatalog?>? RelatedFields { get; init; }

    public override string ToString() => $"{Code} ({Type.WireName()})";
}

/// <summary>The fields of one app: also those in sub-tables, and <c>$id</c>. Codes are case-sensitive.</summary>
public interface IFieldCatalog
{
    FieldInfo? Find(string code);
}
