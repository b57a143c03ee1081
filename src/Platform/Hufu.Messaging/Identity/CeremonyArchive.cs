using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>A ceremony in the archive.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Digest">SM3 of transcript.p7s, lower-case hex.</param>
/// <param name="Verdict">What was found: valid.</param>
public sealed record KeptCeremony(string Folder, string Digest, CeremonyVerdict Verdict);

/// <summary>
/// Signed transcripts of key ceremonies that the CA's room keeps: <c>data/ca/archive/ceremonies/ID/</c>, the transcript and every file of it (6.6.2.1-a). Taken in with or without the running
/// room; verified when taken in and whenever read. What they say of keys binds every device of the platform (<see cref="ClosedKeys"/>).
/// </summary>
/// <param name="folder">The archive's folder.</param>
public sealed class CeremonyArchive(string folder)
{
    private const string Active = "active", Archived = "archived", Destroyed = "destroyed";
    private const long LargestFile = 64 << 20;
    private const int LargestTranscript = 16 << 20;
    private const int MostCeremonies = 10_000;

    /// <summary>The archive of an installation.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    public static CeremonyArchive Of(string dataDirectory) => new(Path.Combine(dataDirectory, Rooms.Ca, "archive", "ceremonies"));

    /// <summary>
    /// Takes a ceremony in: checks that everybody listed was present and signed, and nobody else; that every file is there with its digest; then copies it, all or nothing. A ceremony that is there
    /// already, with the same bytes, stays as it is.
    /// </summary>
    /// <param name="source">The ceremony's folder, with transcript.p7s.</param>
    /// <param name="people">SM3 (lower-case hex) of the certificates of those who were expected: everybody in the transcript must be among them; null: whoever takes it in compares them.</param>
    /// <returns>The ceremony as it is kept.</returns>
    /// <exception cref="RefusedException">Malformed, SignatureInvalid, FieldInvalid (a file is missing, changed or outside; another transcript has this id), TooLarge.</exception>
    [Clause("6.6.2.1-a")]
    public KeptCeremony TakeIn(string source, IReadOnlySet<string>? people = null)
    {
        source = Path.GetFullPath(source);
        KeptCeremony brought = Read(source);
        if (brought.Verdict.Transcript.People.FirstOrDefault(person => people?.Contains(person.CertificateDigest) == false) is { } stranger)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{stranger.Name}: the certificate {stranger.CertificateDigest} is not among those expected.", "people");
        }

        string id = brought.Verdict.Transcript.Id;
        string place = Path.Combine(folder, id);
        if (Directory.Exists(place))
        {
            return Read(place) is { } kept && kept.Digest == brought.Digest
                ? kept
                : throw new RefusedException(RefusalCode.FieldInvalid, $"The archive holds another transcript of the ceremony {id}.", "id");
        }

        MakePrivate(folder);
        string staging = Path.Combine(folder, "." + id + ".new");
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        try
        {
            MakePrivate(staging);
            foreach (string name in brought.Verdict.Transcript.Files.Select(file => file.Name).Append(CeremonyTranscript.SignedFileName).Distinct(StringComparer.Ordinal))
            {
                Copy(Path.Combine(source, name), Path.Combine(staging, name));
            }

            // What was copied is judged again: the source may have changed under the hand.
            _ = Read(staging);
            Directory.Move(staging, place);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }

        return brought with { Folder = place };
    }

    /// <summary>Every ceremony in the archive, verified again, in the order of their ends.</summary>
    /// <exception cref="InvalidDataException">One is not what was taken in.</exception>
    public IReadOnlyList<KeptCeremony> All()
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        List<KeptCeremony> all = [];
        foreach (string place in Directory.EnumerateDirectories(folder).Where(place => !Path.GetFileName(place).StartsWith('.')).Take(MostCeremonies))
        {
            try
            {
                all.Add(Read(place));
            }
            catch (RefusedException e)
            {
                throw new InvalidDataException($"The archived ceremony at {place} is not what was taken in: {e.Refusal.Evidence}", e);
            }
        }

        return [.. all.OrderBy(kept => kept.Verdict.Transcript.Ended).ThenBy(kept => kept.Verdict.Transcript.Id, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Keys that must never sign again anywhere (6.6.2.2-d), by the SM3 of their SubjectPublicKeyInfo, with the reason. A key is closed when one ceremony archived a copy and left none active; once
    /// so, no other transcript opens it. It is closed as well when all copies that the ceremonies know of, by their devices, are archived or destroyed.
    /// </summary>
    /// <param name="ceremonies">The ceremonies, in the order of their ends.</param>
    [Clause("6.6.2.2-d")]
    public static IReadOnlyDictionary<string, string> ClosedKeys(IReadOnlyList<KeptCeremony> ceremonies)
    {
        ArgumentNullException.ThrowIfNull(ceremonies);
        Dictionary<string, string> closed = [];
        Dictionary<(string Key, string Device), (string State, string Ceremony)> last = [];
        foreach (CeremonyTranscript transcript in ceremonies.Select(kept => kept.Verdict.Transcript))
        {
            foreach (IGrouping<string, CeremonyKey> copies in transcript.Keys.GroupBy(key => key.KeyDigest, StringComparer.Ordinal))
            {
                if (copies.Any(copy => copy.State == Archived) && copies.All(copy => copy.State != Active))
                {
                    closed.TryAdd(copies.Key, $"archived by the ceremony {transcript.Id}");
                }

                foreach (CeremonyKey copy in copies)
                {
                    last[(copies.Key, copy.Device)] = (copy.State, transcript.Id);
                }
            }
        }

        foreach (var copies in last.GroupBy(entry => entry.Key.Key, StringComparer.Ordinal).Where(copies => copies.All(copy => copy.Value.State is Archived or Destroyed)))
        {
            closed.TryAdd(copies.Key, $"no copy is active since the ceremony {copies.Last().Value.Ceremony}");
        }

        return closed;
    }

    private static KeptCeremony Read(string place)
    {
        string signed = Path.Combine(place, CeremonyTranscript.SignedFileName);
        if (!File.Exists(signed))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{signed} is not there.", CeremonyTranscript.SignedFileName);
        }

        if (new FileInfo(signed).Length > LargestTranscript)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"A signed transcript has at most {LargestTranscript} bytes.", CeremonyTranscript.SignedFileName);
        }

        byte[] der = File.ReadAllBytes(signed);
        CeremonyVerdict verdict;
        try
        {
            verdict = CeremonySignature.Verify(der);
        }
        catch (PkiException e)
        {
            throw new RefusedException(RefusalCode.Malformed, e.Message, CeremonyTranscript.SignedFileName);
        }

        if (!verdict.IsValid)
        {
            throw new RefusedException(RefusalCode.SignatureInvalid, string.Join(' ', verdict.Problems), CeremonyTranscript.SignedFileName);
        }

        if (verdict.Transcript.Id.Length != 32 || !verdict.Transcript.Id.All(char.IsAsciiHexDigitLower))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A ceremony's id is 32 hex digits.", "id");
        }

        foreach (CeremonyFile file in verdict.Transcript.Files)
        {
            Check(place, file);
        }

        return new KeptCeremony(place, CeremonyTranscript.Digest(der), verdict);
    }

    private static void Check(string place, CeremonyFile file)
    {
        string path = Path.GetFullPath(Path.Combine(place, file.Name));
        string? wrong = !path.StartsWith(Path.GetFullPath(place) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? "lies outside of the ceremony's folder"
            : !File.Exists(path) ? "is not there"
            : new FileInfo(path).Length is var length && length != file.Size || length > LargestFile ? "has another size"
            : Digest(path) != file.Digest ? "is not the file of the transcript"
            : null;
        if (wrong is not null)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{file.Name}: {wrong}.", "files");
        }
    }

    private static string Digest(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using Sm3Hash hash = new();
        byte[] buffer = new byte[64 << 10];
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static void Copy(string from, string to)
    {
        MakePrivate(Path.GetDirectoryName(to)!);
        using FileStream source = File.OpenRead(from);
        using FileStream target = new(to, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }

    private static void MakePrivate(string path)
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
}
