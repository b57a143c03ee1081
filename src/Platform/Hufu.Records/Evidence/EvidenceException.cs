namespace Hufu.Records;

/// <summary>Why a piece of evidence is not taken or not given.</summary>
public enum EvidenceError
{
    /// <summary>It has no bytes.</summary>
    Empty,
    /// <summary>It is larger than the caller allows.</summary>
    TooLarge,
    /// <summary>By its content it is neither PDF nor PNG nor JPEG, or it is cut off.</summary>
    NotAllowed,
    /// <summary>No such evidence is kept.</summary>
    Missing,
    /// <summary>What is kept does not open, or is not what was put in.</summary>
    Altered,
}

/// <summary>A piece of evidence that is not taken or not given.</summary>
public sealed class EvidenceException(EvidenceError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which reason.</summary>
    public EvidenceError Error { get; } = error;
}
