namespace Hufu.Devices;

/// <summary>What a destruction found afterwards (6.6.2.2-d).</summary>
/// <param name="Keys">Labels of what was destroyed, with their public keys (04 || X || Y; empty for an SM4 key).</param>
/// <param name="FilesSearched">How many files were read, byte by byte.</param>
/// <param name="FoundIn">Files that still hold the key's bytes, sealed or in the clear; empty when nothing is left.</param>
public sealed record DestructionRecord(IReadOnlyList<(string Label, byte[] PublicPoint)> Keys, int FilesSearched, IReadOnlyList<string> FoundIn)
{
    /// <summary>Whether no file that was searched holds anything of the keys.</summary>
    public bool NothingLeft => FoundIn.Count == 0;
}
