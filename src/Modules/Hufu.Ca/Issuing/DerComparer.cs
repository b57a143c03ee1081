namespace Hufu.Ca.Issuing;

/// <summary>DER values are equal when their bytes are.</summary>
internal sealed class DerComparer : IEqualityComparer<byte[]>
{
    public static DerComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.AsSpan().SequenceEqual(y));

    public int GetHashCode(byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
