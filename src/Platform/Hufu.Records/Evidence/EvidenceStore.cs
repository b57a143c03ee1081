using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Scans and forms, kept under the SM3 digest of their content, sealed at rest with the digest as associated data, and checked whenever they are read.</summary>
/// <remarks>
/// One file a piece, <c>ab/abcd….sealed</c>, written beside and renamed: a crash leaves the whole piece or none. The same content is kept once. The limit of size is the caller's.
/// </remarks>
[Clause("6.1.3.2-f")]
public sealed class EvidenceStore
{
    private readonly string directory;
    private readonly IDataCipher cipher;

    /// <summary>The store in a folder.</summary>
    /// <param name="directory">For example <c>data/ra/evidence</c>; made when missing (mode 0700).</param>
    /// <param name="cipher">Seals under a key that stays in the room's device.</param>
    public EvidenceStore(string directory, IDataCipher cipher)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(cipher);
        this.directory = directory;
        this.cipher = cipher;
        PrivateFiles.MakeDirectory(directory);
    }

    /// <summary>Keeps a piece of evidence; durable when the task ends.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="limit">The most bytes that the caller takes, 1 or more.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What to keep of it: digest, type by content, size.</returns>
    /// <exception cref="EvidenceException">Empty, TooLarge, NotAllowed.</exception>
    public async Task<EvidenceRef> PutAsync(ReadOnlyMemory<byte> content, int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (content.IsEmpty)
        {
            throw new EvidenceException(EvidenceError.Empty, "Evidence: the file is empty.");
        }

        if (content.Length > limit)
        {
            throw new EvidenceException(EvidenceError.TooLarge, $"Evidence: the file has {content.Length} bytes, at most {limit} are taken.");
        }

        string type = EvidenceType.Detect(content.Span)
            ?? throw new EvidenceException(EvidenceError.NotAllowed, "Evidence: by its content the file is no complete PDF, PNG or JPEG.");
        byte[] digest = Sm3.HashData(content.Span);
        var kept = new EvidenceRef(Convert.ToHexStringLower(digest), type, content.Length);
        await Task.Run(() => Put(kept.Digest, digest, content.Span), ct).ConfigureAwait(false);
        return kept;
    }

    private void Put(string name, byte[] digest, ReadOnlySpan<byte> content)
    {
        string path = Locate(name);
        if (File.Exists(path) && Holds(path, digest))
        {
            return;
        }

        string folder = Path.GetDirectoryName(path)!;
        PrivateFiles.MakeDirectory(folder);
        string beside = $"{path}.{SecureRandom.NewId()}.new";
        try
        {
            using (FileStream stream = PrivateFiles.Open(beside, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(cipher.Seal(content, digest));
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            PrivateFiles.FlushDirectory(folder);
            PrivateFiles.FlushDirectory(directory);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Reads a piece of evidence and checks that it is what was put in.</summary>
    /// <param name="digest">SM3 of the content, 64 lower-case hex digits.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The content; the caller wipes it when it is personal.</returns>
    /// <exception cref="EvidenceException">Missing, Altered.</exception>
    public Task<byte[]> GetAsync(string digest, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(digest);
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
        {
            throw new EvidenceException(EvidenceError.Missing, "Evidence: that is no digest.");
        }

        return Task.Run(() => Get(digest), ct);
    }

    /// <summary>Erases a piece of evidence: overwritten, cut to nothing and deleted. Nothing happens when it is not there.</summary>
    /// <param name="digest">SM3 of the content, 64 lower-case hex digits.</param>
    /// <exception cref="EvidenceException">Missing: that is no digest.</exception>
    public void Erase(string digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
        {
            throw new EvidenceException(EvidenceError.Missing, "Evidence: that is no digest.");
        }

        string path = Locate(digest);
        if (!File.Exists(path))
        {
            return;
        }

        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write))
        {
            byte[] nothing = new byte[64 * 1024];
            for (long left = stream.Length; left > 0; left -= nothing.Length)
            {
                stream.Write(nothing, 0, (int)Math.Min(nothing.Length, left));
            }

            stream.Flush(flushToDisk: true);
            stream.SetLength(0);
        }

        File.Delete(path);
        PrivateFiles.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    private byte[] Get(string name)
    {
        byte[] digest = Convert.FromHexString(name);
        byte[] sealedData;
        try
        {
            sealedData = File.ReadAllBytes(Locate(name));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EvidenceException(EvidenceError.Missing, $"Evidence: {name} is not kept here.", e);
        }

        byte[] content;
        try
        {
            content = cipher.Open(sealedData, digest);
        }
        catch (Exception e) when (e is PkiException or CryptographicException)
        {
            throw new EvidenceException(EvidenceError.Altered, $"Evidence: {name} does not open: the file or the device's key is another.", e);
        }

        if (!CryptographicOperations.FixedTimeEquals(Sm3.HashData(content), digest))
        {
            CryptographicOperations.ZeroMemory(content);
            throw new EvidenceException(EvidenceError.Altered, $"Evidence: {name} is not what was put in.");
        }

        return content;
    }

    /// <summary>Copies a piece, sealed as it lies, to another folder of the same form; beside and renamed, as here.</summary>
    /// <param name="digest">SM3 of the content, 64 lower-case hex digits.</param>
    /// <param name="folder">For example a place off site; made when missing (mode 0700).</param>
    /// <param name="compare">Copies again what is there and is not the same bytes.</param>
    /// <returns>False when there was nothing to do: it is there already, or not kept here.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public bool CopySealed(string digest, string folder, bool compare)
    {
        ArgumentNullException.ThrowIfNull(digest);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string from = Locate(digest), to = Path.Combine(folder, digest[..2], digest + ".sealed");
        if (!File.Exists(from) || (File.Exists(to) && (!compare || File.ReadAllBytes(from).AsSpan().SequenceEqual(File.ReadAllBytes(to)))))
        {
            return false;
        }

        PrivateFiles.MakeDirectory(folder);
        PrivateFiles.MakeDirectory(Path.GetDirectoryName(to)!);
        string beside = $"{to}.{SecureRandom.NewId()}.new";
        try
        {
            using (FileStream stream = PrivateFiles.Open(beside, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(File.ReadAllBytes(from));
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, to, overwrite: true);
            return true;
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private bool Holds(string path, byte[] digest)
    {
        try
        {
            byte[] content = cipher.Open(File.ReadAllBytes(path), digest);
            bool same = CryptographicOperations.FixedTimeEquals(Sm3.HashData(content), digest);
            CryptographicOperations.ZeroMemory(content);
            return same;
        }
        catch (Exception e) when (e is PkiException or CryptographicException or IOException)
        {
            return false;
        }
    }

    private string Locate(string name) => Path.Combine(directory, name[..2], name + ".sealed");
}
