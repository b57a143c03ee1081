namespace Hufu.Devices;

/// <summary>How a maker's tokens (智能密码钥匙, GM/T 0016) are reached.</summary>
public sealed record SkfOptions
{
    /// <summary>The maker's library, a full path.</summary>
    public required string Library { get; init; }

    /// <summary>
    /// Where the 32 bytes of an enveloped private key lie in the 64 of ENVELOPEDKEYBLOB. GM/T 0016 leaves it open and makers differ; most take the last 32, as all other values of 256 bits lie.
    /// </summary>
    public SkfKeyPlace EnvelopedKeyAt { get; init; }
}

/// <summary>An end of a field.</summary>
public enum SkfKeyPlace
{
    /// <summary>The last 32 bytes.</summary>
    Last,

    /// <summary>The first 32 bytes.</summary>
    First,
}
