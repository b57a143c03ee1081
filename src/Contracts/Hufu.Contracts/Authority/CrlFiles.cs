namespace Hufu.Contracts;

/// <summary>What a CRL covers of its scope.</summary>
public enum CrlKind
{
    /// <summary>Everything that is revoked in the scope.</summary>
    Full,

    /// <summary>What has changed since a full one of the same scope (RFC 5280 5.2.4).</summary>
    Delta,
}

/// <summary>A CRL that came in pieces because it is too large for one fact: the receiver joins the <see cref="CrlPiece"/>s of this digest, which come before, and checks length and digest.</summary>
/// <param name="Length">Bytes of the DER.</param>
/// <param name="Digest">SM3 of the DER, hex: what the pieces are known by.</param>
/// <param name="Pieces">How many pieces.</param>
public sealed record CrlFile(long Length, string Digest, int Pieces);

/// <summary>A piece of a CRL's file. Pieces of one file come in order and before the <see cref="CrlIssued"/> that names the file; they may come again.</summary>
/// <param name="Digest">SM3 of the whole DER, hex.</param>
/// <param name="Piece">Counts from 0.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Bytes">At most 4 MiB.</param>
public sealed record CrlPiece(string Digest, int Piece, long Offset, byte[] Bytes) : IFact;
