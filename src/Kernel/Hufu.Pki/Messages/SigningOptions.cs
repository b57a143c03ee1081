namespace Hufu.Pki;

/// <summary>Whether a signed message carries what it signs.</summary>
public enum ContentPlacement
{
    /// <summary>The content is inside.</summary>
    Attached,

    /// <summary>The content travels by itself.</summary>
    Detached,
}

/// <summary>What a signer signs.</summary>
public enum SignedAttributesMode
{
    /// <summary>The content itself.</summary>
    None,

    /// <summary>Attributes: content type, digest of the content, the time if given, further ones if given.</summary>
    Standard,
}

/// <summary>Everything a signed message needs besides content, key and certificate. The caller states each decision.</summary>
public sealed record SigningOptions
{
    /// <summary>Whose structures.</summary>
    public required MessageSyntax Syntax { get; init; }

    /// <summary>Content inside or not.</summary>
    public required ContentPlacement Placement { get; init; }

    /// <summary>Attributes or bare content.</summary>
    public required SignedAttributesMode Attributes { get; init; }

    /// <summary>The inner content type, dotted; null for data of the syntax. Another type than data requires attributes.</summary>
    public string? ContentType { get; init; }

    /// <summary>The signingTime attribute, a claim of the signer; null for none.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>Further signed attributes.</summary>
    public IReadOnlyList<PkiAttribute> ExtraAttributes { get; init; } = [];

    /// <summary>The certificates to carry, usually the signer's first and then its chain; empty for none.</summary>
    public IReadOnlyList<Certificate> Certificates { get; init; } = [];

    /// <summary>DER of revocation lists to carry.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];
}
