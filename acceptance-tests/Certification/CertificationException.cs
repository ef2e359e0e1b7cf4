namespace KintoneSource.Certification;

/// <summary>The suite cannot go on; the message says why, for a person.</summary>
public sealed class CertificationException(string message, Exception? inner = null) : Exception(message, inner);
