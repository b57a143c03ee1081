namespace Hufu.Pki;

/// <summary>The only exception that a <c>Decode</c>, <c>Open</c> or <c>Decrypt</c> of this assembly throws on foreign bytes.</summary>
/// <param name="error">Which of the closed set.</param>
/// <param name="message">A sentence for the log: what was wrong and where. Holds no secret.</param>
/// <param name="inner">What lay below, or null.</param>
public sealed class PkiException(PkiError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which of the closed set.</summary>
    public PkiError Error { get; } = error;

    internal static PkiException Malformed(string message) => new(PkiError.Malformed, message);

    internal static PkiException BadValue(string message) => new(PkiError.BadValue, message);

    internal static PkiException Unsupported(string message) => new(PkiError.Unsupported, message);

    internal static PkiException TooLarge(string what, long limit) => new(PkiError.TooLarge, $"{what} is larger than the limit of {limit}.");
}
