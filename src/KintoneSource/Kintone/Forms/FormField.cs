using System.Collections.Immutable;

namespace KintoneSource.Kintone.Forms;

/// <summary>One field of an app's form.</summary>
/// <param name="Code">The key of the field's value in a record; unique in the app, sub-tables included.</param>
/// <param name="Label">What people see; need not be unique.</param>
/// <param name="TypeName">The type as sent, for a type that this version does not know.</param>
sealed record FormField(string Code, string Label, string TypeName)
{
    public FieldType Type { get; } = FieldTypes.Parse(TypeName);

    public bool Required { get; init; }

    /// <summary>Kintone refuses a value that another record has.</summary>
    public bool Unique { get; init; }

    /// <summary>False for STATUS, STATUS_ASSIGNEE and CATEGORY while their feature is off: no record holds them then.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How a CALC field shows its result, NUMBER or DATE for example; null for other types.</summary>
    public string? Format { get; init; }

    /// <summary>The formula of a CALC or of an automatically filled text field.</summary>
    public string? Expression { get; init; }

    public string? Unit { get; init; }

    /// <summary>The choices of a selection field in the order that people see.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Null where the field is no lookup, or one whose source app the credentials may not see.</summary>
    public Lookup? Lookup { get; init; }

    /// <summary>Null where the field is no REFERENCE_TABLE, or one of an app that the credentials may not see.</summary>
    public ReferenceTable? ReferenceTable { get; init; }

    /// <summary>Fields of a SUBTABLE's rows by code; empty for every other type.</summary>
    public ImmutableArray<FormField> Fields { get; init; } = [];
}

/// <summary>Where a lookup copies from.</summary>
/// <param name="App">The source app's id, as sent.</param>
/// <param name="KeyField">The source app's field whose value is looked up.</param>
readonly record struct Lookup(string App, string KeyField);

/// <summary>Which records of another app a list of related records shows: those whose field has the value of this app's.</summary>
/// <param name="App">The other app's id, as sent.</param>
/// <param name="Field">The code of this app's field.</param>
/// <param name="RelatedField">The code of the other app's.</param>
readonly record struct ReferenceTable(string App, string Field, string RelatedField);
