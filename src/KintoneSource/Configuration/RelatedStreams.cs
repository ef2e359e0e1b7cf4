namespace KintoneSource.Configuration;

/// <summary>What of an app is offered beside its records.</summary>
/// <param name="Tables">A stream for each sub-table.</param>
/// <param name="Attachments">One stream of all attached files, a row each.</param>
/// <param name="Files">One stream of their contents, for destinations that take files.</param>
/// <param name="Comments">One stream of all comments, at a request for each record.</param>
readonly record struct RelatedStreams(bool Tables, bool Attachments, bool Files, bool Comments)
{
    public static RelatedStreams Default { get; } = new(Tables: true, Attachments: true, Files: false, Comments: false);
}
