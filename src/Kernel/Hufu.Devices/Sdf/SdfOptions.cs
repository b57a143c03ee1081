namespace Hufu.Devices;

/// <summary>How an SDF device (服务器密码机, GM/T 0018) is reached. What differs between makers stands here.</summary>
public sealed record SdfOptions
{
    /// <summary>The maker's library, a full path.</summary>
    public required string Library { get; init; }

    /// <summary>Where the storage keys lie, wrapped by the device: a folder of mode 0700.</summary>
    public required string Directory { get; init; }

    /// <summary>Index of the device's key encryption key (密钥加密密钥) that wraps the storage keys, from 1.</summary>
    public uint KekIndex { get; init; } = 1;

    /// <summary>ECCref_MAX_BITS of the maker's header: 512, or 256 with older devices.</summary>
    public int EccMaxBits { get; init; } = 512;

    /// <summary>Algorithm by which the key encryption key wraps: SGD_SM4_ECB, as most makers take it.</summary>
    public uint KekAlgorithm { get; init; } = SdfLibrary.Sm4Ecb;
}
