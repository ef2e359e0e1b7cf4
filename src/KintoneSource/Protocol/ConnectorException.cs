namespace KintoneSource.Protocol;

/// <summary>
/// A failure that already knows who must act. Anything else that escapes is a bug in
/// this connector and is reported as <see cref="FailureType.SystemError"/>.
/// </summary>
abstract class ConnectorException(string message, Exception? inner) : Exception(message, inner)
{
    public abstract FailureType FailureType { get; }
}

/// <summary>The user must change the configuration, the app's permissions or the schema.</summary>
sealed class ConfigurationException(string message, Exception? inner = null) : ConnectorException(message, inner)
{
    public override FailureType FailureType => FailureType.ConfigError;
}

/// <summary>Nobody must act: trying again may help, and the next sync resumes from the last STATE.</summary>
sealed class TransientException(string message, Exception? inner = null) : ConnectorException(message, inner)
{
    public override FailureType FailureType => FailureType.TransientError;
}

/// <summary>Kintone answered with something its documentation does not allow: ours to understand.</summary>
sealed class UnexpectedResponseException(string message, Exception? inner = null) : ConnectorException(message, inner)
{
    public override FailureType FailureType => FailureType.SystemError;
}
