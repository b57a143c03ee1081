using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Crypto;

namespace Hufu.Publishing.Crls;

/// <summary>CRLs that are too large for one fact: joined from their pieces in the room's folder, published only when length and digest are those that the CA says.</summary>
internal sealed class CrlFiles(string folder)
{
    private const int LargestPiece = 4 << 20;
    private const long Largest = 2L << 30;

    /// <summary>Puts a piece into its place; again is harmless.</summary>
    /// <exception cref="RefusedException">Malformed.</exception>
    public void Add(CrlPiece piece)
    {
        if (piece.Digest.Length != 64 || !piece.Digest.All(char.IsAsciiHexDigitLower) || piece.Bytes.Length is 0 or > LargestPiece || piece.Offset < 0 || piece.Offset > Largest - piece.Bytes.Length)
        {
            throw new RefusedException(RefusalCode.Malformed, "The piece has no digest, or lies outside of what a CRL may be.", "piece");
        }

        if (File.Exists(PathOf(piece.Digest)))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        using var file = File.OpenHandle(Growing(piece.Digest), FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, piece.Bytes, piece.Offset);
    }

    /// <summary>Ends a file: true when it is whole and is what the CA signed for, and lies under its digest from now on.</summary>
    public bool Complete(CrlFile announced)
    {
        var (growing, whole) = (Growing(announced.Digest), PathOf(announced.Digest));
        if (File.Exists(whole))
        {
            return true;
        }

        if (!File.Exists(growing))
        {
            return false;
        }

        using (var file = new FileStream(growing, new FileStreamOptions { Access = FileAccess.ReadWrite, BufferSize = 0 }))
        {
            if (file.Length != announced.Length || !CryptographicOperations.FixedTimeEquals(Digest(file), Convert.FromHexString(announced.Digest)))
            {
                return false;
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(growing, whole);
        return true;
    }

    /// <summary>Where a whole file lies.</summary>
    public string PathOf(string digest) => Path.Combine(folder, digest + ".crl");

    /// <summary>The whole list, wherever it lies.</summary>
    public byte[] Read(CrlRow row) => row.File is { } digest ? File.ReadAllBytes(PathOf(digest)) : row.Der;

    /// <summary>Deletes whole files that no row names any more.</summary>
    public void Keep(IReadOnlySet<string> digests)
    {
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.crl").Where(file => !digests.Contains(Path.GetFileNameWithoutExtension(file))))
            {
                File.Delete(file);
            }
        }
    }

    private string Growing(string digest) => Path.Combine(folder, digest + ".part");

    private static byte[] Digest(FileStream file)
    {
        using var hash = new Sm3Hash();
        var buffer = new byte[256 * 1024];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        var digest = new byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return digest;
    }
}
