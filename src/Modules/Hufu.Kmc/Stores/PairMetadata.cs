using System.Buffers.Binary;

namespace Hufu.Kmc.Stores;

/// <summary>What a sealed private key is bound to besides its public half: the pair's number, the storage key's generation, and when it was made. None of it ever changes, whatever store the pair is in.</summary>
internal static class PairMetadata
{
    /// <summary>The associated data of SM4-GCM.</summary>
    /// <param name="pair">The pair's number.</param>
    /// <param name="generation">The storage key's generation.</param>
    /// <param name="madeAt">Unix milliseconds, UTC.</param>
    public static byte[] AssociatedData(long pair, long generation, long madeAt)
    {
        ReadOnlySpan<byte> purpose = "hufu kmc pair 1"u8;
        var data = new byte[purpose.Length + 24];
        purpose.CopyTo(data);
        var at = data.AsSpan(purpose.Length);
        BinaryPrimitives.WriteInt64BigEndian(at, pair);
        BinaryPrimitives.WriteInt64BigEndian(at[8..], generation);
        BinaryPrimitives.WriteInt64BigEndian(at[16..], madeAt);
        return data;
    }

    /// <summary>The device's label of a storage key.</summary>
    /// <param name="generation">1, 2, 3 …</param>
    public static string StorageKeyLabel(long generation) => $"kmc-store-{generation}";
}
