namespace Hufu.Records;

/// <summary>A piece of evidence by its content; what the owner's tables and the ledger keep of it.</summary>
/// <param name="Digest">SM3 of the content, 64 lower-case hex digits.</param>
/// <param name="MediaType">By content: <c>application/pdf</c>, <c>image/png</c> or <c>image/jpeg</c>.</param>
/// <param name="Size">Bytes of the content.</param>
public sealed record EvidenceRef(string Digest, string MediaType, long Size);
