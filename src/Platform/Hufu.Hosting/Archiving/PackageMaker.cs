using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Hosting;

/// <summary>Writes a package beside its place, seals and signs it, and moves it there in one step: a crash leaves a whole package or a folder <c>.making</c> that the next one removes.</summary>
internal sealed class PackageMaker(RoomContext context, string folder)
{
    private const int SealedLimit = 64 * 1024 * 1024;

    public async Task<ArchiveManifest> MakeAsync(string id, ArchiveClass @class, ArchiveBatch batch, AuthorisedAct act, string reason, string? previous, CancellationToken ct)
    {
        if (batch.Items.Count is 0 or > ArchiveFormat.MostFiles || batch.Items.DistinctBy(item => item.Name).Count() != batch.Items.Count || !batch.Items.All(item => ArchiveFormat.IsName(item.Name)))
        {
            throw new InvalidOperationException($"The source of '{@class.Id}' gave files that cannot be archived.");
        }

        var making = Path.Combine(folder, id + ".making");
        PrivateFolder.Remake(making);
        try
        {
            var files = new List<ArchivedFile>();
            foreach (var item in batch.Items.OrderBy(item => item.Name, StringComparer.Ordinal))
            {
                files.Add(await WriteAsync(making, id, item, @class.Sealed, ct).ConfigureAwait(false));
            }

            var manifest = new ArchiveManifest(
                ArchiveFormat.Title, id, context.Name, @class.Id, @class.Clause, @class.Kept.ToString(), @class.Kept.After(batch.KeptFrom), context.Clock.GetUtcNow(), act.Person.ToString(), reason, act.Signed.Statement,
                act.Signed.Signature, batch.Covers, batch.CoversUntil, previous, @class.Sealed, files, Convert.ToHexStringLower(ArchiveFormat.Root([.. files.Select(file => Convert.FromHexString(file.Leaf))])));
            byte[] text = [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ArchiveFormat.Json), (byte)'\n'];
            var signer = context.Identity.AuditSigner;
            Put(making, ArchiveFormat.Manifest, text);
            Put(making, ArchiveFormat.Signature, signer.Sign(text));
            Put(making, ArchiveFormat.SignerKey, Encoding.ASCII.GetBytes(Pem.Encode("PUBLIC KEY", signer.PublicKey.RawData.Span)));
            Put(making, ArchiveFormat.Readme, ArchiveFormat.ReadmeText());
            if (context.Identity.AuditCertificate is { } certificate)
            {
                Put(making, ArchiveFormat.SignerCertificate, certificate.RawData.Span);
                Put(making, ArchiveFormat.Chain, Encoding.ASCII.GetBytes(string.Concat(context.Identity.Chain.Select(ca => ca.ToPem()))));
            }

            Directory.Move(making, Path.Combine(folder, id));
            return manifest;
        }
        catch
        {
            Directory.Delete(making, recursive: true);
            throw;
        }
    }

    /// <summary>What a sealed file is bound to: package and name.</summary>
    public static byte[] Binding(string id, string name) => Encoding.UTF8.GetBytes($"archive/{id}/{name}");

    public IDataCipher Cipher => context.Identity.DataCipher("archive");

    private async Task<ArchivedFile> WriteAsync(string making, string id, ArchiveItem item, bool isSealed, CancellationToken ct)
    {
        var path = Path.Combine(making, ArchiveFormat.Files, item.Name);
        PrivateFolder.Make(Path.GetDirectoryName(path)!);
        string? open = null;
        if (isSealed)
        {
            using var content = new MemoryStream();
            await item.Write(content, ct).ConfigureAwait(false);
            if (content.Length > SealedLimit)
            {
                throw new InvalidOperationException($"'{item.Name}' is too large to be sealed in one piece.");
            }

            var bytes = content.ToArray();
            open = Convert.ToHexStringLower(Sm3.HashData(bytes));
            var closed = Cipher.Seal(bytes, Binding(id, item.Name));
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(content.GetBuffer());
            Put(path, closed);
        }
        else
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await item.Write(stream, ct).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }

        var (size, leaf, sm3) = Measure(path);
        return new ArchivedFile(item.Name, size, leaf, sm3, open);
    }

    private static (long Size, string Leaf, string Sm3) Measure(string path)
    {
        using var stream = File.OpenRead(path);
        using Sm3Hash leaf = new(), whole = new();
        leaf.AppendData([0]);
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            leaf.AppendData(buffer.AsSpan(0, read));
            whole.AppendData(buffer.AsSpan(0, read));
        }

        byte[] one = new byte[Sm3.HashSizeInBytes], two = new byte[Sm3.HashSizeInBytes];
        leaf.GetHashAndReset(one);
        whole.GetHashAndReset(two);
        return (stream.Length, Convert.ToHexStringLower(one), Convert.ToHexStringLower(two));
    }

    private static void Put(string directory, string name, ReadOnlySpan<byte> content) => Put(Path.Combine(directory, name), content);

    private static void Put(string path, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>Folders that only the service account reads.</summary>
internal static class PrivateFolder
{
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public static void Remake(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Make(path);
    }
}
