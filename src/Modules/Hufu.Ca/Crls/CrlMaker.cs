using Hufu.Ca.Authorities;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Crls;

/// <summary>A CRL to be made.</summary>
/// <param name="Authority">Whose.</param>
/// <param name="Scope">About what.</param>
/// <param name="Kind">Full or delta.</param>
/// <param name="Number">cRLNumber.</param>
/// <param name="From">thisUpdate, whole second.</param>
/// <param name="To">nextUpdate, whole second.</param>
/// <param name="Last">The last full one of the scope, against which the difference is explained; for a delta its base.</param>
/// <param name="LastRegular">thisUpdate of the last regular one, Unix milliseconds; 0 for none.</param>
/// <param name="Point">issuingDistributionPoint, or null.</param>
/// <param name="Further">Further extensions.</param>
internal sealed record CrlTask(
    Authority Authority, CrlScope Scope, CrlKind Kind, long Number, DateTimeOffset From, DateTimeOffset To, CrlRow? Last, long LastRegular, IssuingDistributionPoint? Point,
    IReadOnlyList<CertificateExtension> Further);

/// <summary>A CRL that lies on the disk, signed and synced, and is not yet out.</summary>
/// <param name="Row">What is kept of it.</param>
/// <param name="Faults">Why it may not go out; empty when it may.</param>
internal sealed record CrlMade(CrlRow Row, IReadOnlyList<string> Faults);

/// <summary>
/// Makes a CRL's file from the database and checks what it has made by reading it back: 1 entries stream into a spool, beside them R08's own view from the certificates' table; 2 the list is written,
/// hashed and signed on its way to the file, the file synced; 3 the file's bytes, its signature, its completeness (R08) and its difference from the last one (R09) are checked. Nothing is held in memory that
/// grows with the list (R19).
/// </summary>
internal sealed class CrlMaker(Database database, string folder)
{
    /// <summary>The folder of CRL files.</summary>
    public string Folder { get; } = folder;

    /// <summary>Files of a making that a process did not end.</summary>
    public IEnumerable<string> Leftovers() => Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder).Where(path => Path.GetFileName(path).Contains(".new", StringComparison.Ordinal)) : [];

    public async Task<CrlMade> MakeAsync(CrlTask task, CancellationToken ct)
    {
        Directory.CreateDirectory(Folder);
        var name = $"{CrlIssued.NameOf(task.Authority.Name, task.Scope.Name, task.Kind)}-{task.Number}.crl";
        var making = Path.Combine(Folder, $"{name}.{SecureRandom.NewId()}.new");
        using var entries = new CrlEntrySpool(making + ".entries");
        using var view = new CrlSpool<SerialKey>(making + ".view");
        try
        {
            // 1
            var (ca, scope) = (task.Authority.Name, task.Scope);
            var viewing = database.ReadAsync(
                session =>
                {
                    // The first statement of a session fixes its snapshot.
                    var newest = RevocationStore.LastEvent(session);
                    view.AddAll(add => CrlRows.Revoked(session, ca, scope, task.LastRegular, add));
                    return newest;
                },
                ct);
            var listed = await database.ReadAsync(
                session =>
                {
                    var newest = RevocationStore.LastEvent(session);
                    if (task.Kind == CrlKind.Full)
                    {
                        CrlRows.Entries(session, ca, scope, task.LastRegular, entries.Add);
                        return newest;
                    }

                    foreach (var change in CrlRows.Changes(session, ca, scope, task.Last!.Events!.Value))
                    {
                        entries.Add(change);
                    }

                    return newest;
                },
                ct).ConfigureAwait(false);

            // 2
            var written = await Task.Run(() => Write(making, task, entries), ct).ConfigureAwait(false);
            var events = Math.Min(listed, await viewing.ConfigureAwait(false));

            // 3
            var (digest, length, faults) = await CheckAsync(making, task, written, view, events, ct).ConfigureAwait(false);
            var row = new CrlRow(
                ca, scope.Name, task.Number, task.Kind.ToString(), task.Kind == CrlKind.Delta ? task.Last!.Number : null, 0, task.From.ToUnixTimeMilliseconds(), task.To.ToUnixTimeMilliseconds(),
                entries.Count, length, digest, events, name);
            if (faults.Count == 0)
            {
                File.Move(making, Path.Combine(Folder, name), overwrite: true);
            }

            return new CrlMade(row, faults);
        }
        finally
        {
            File.Delete(making);
        }
    }

    /// <summary>The kept bytes of a CRL.</summary>
    public CrlFile Open(Session session, CrlRow row) => row.File is { } name ? CrlFile.Open(Path.Combine(Folder, name)) : CrlFile.Of(CrlStore.Der(session, row)!);

    private static CrlWritten Write(string path, CrlTask task, CrlEntrySpool entries)
    {
        var header = new RevocationListHeader
        {
            Issuer = task.Authority.Certificate.Subject,
            ThisUpdate = task.From,
            NextUpdate = task.To,
            Number = task.Number,
            AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(task.Authority.Certificate),
            DeltaBase = task.Kind == CrlKind.Delta ? task.Last!.Number : null,
            IssuingDistributionPoint = task.Point,
            FurtherExtensions = task.Further,
        };
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        return CrlFileWriter.Write(file, header, entries, task.Authority.Signer, task.Authority.Algorithm);
    }

    private async Task<(string Digest, long Length, IReadOnlyList<string> Faults)> CheckAsync(string path, CrlTask task, CrlWritten written, CrlSpool<SerialKey> view, long events, CancellationToken ct)
    {
        using var made = CrlFile.Open(path);
        var hashing = Task.Run(made.Digest, ct);
        List<string> faults = [.. await database.ReadAsync(session => Compare(session, made, task, view, events), ct).ConfigureAwait(false)];
        var digest = await hashing.ConfigureAwait(false);

        // What is read back is what was hashed on its way out, so the signature need not be hashed for again.
        if (digest != Convert.ToHexStringLower(written.Digest))
        {
            faults.Add("The file is not what was written.");
        }
        else if (!made.IsSignatureOf(task.Authority.Certificate, task.Authority.Algorithm, written.Signed))
        {
            faults.Add($"The list is not signed by {task.Authority.Name}.");
        }

        return (digest, made.Length, faults);
    }

    private List<string> Compare(Session session, CrlFile made, CrlTask task, CrlSpool<SerialKey> view, long events)
    {
        var ca = task.Authority.Name;
        RecordedStanding? Recorded(SerialKey serial) => CrlStore.Recorded(session, ca, serial);
        bool ChangedMeanwhile(SerialKey serial) => RevocationStore.Newest(session, ca, serial.ToString()) is { } newest && newest.Number > events;
        if (task.Last is null)
        {
            // The first of its scope differs from nothing.
            return [.. CrlIsComplete.Differences(made.Entries().Select(entry => entry.Serial), view.Read(), ChangedMeanwhile)];
        }

        using var before = Open(session, task.Last);
        if (task.Kind == CrlKind.Delta)
        {
            var unrecorded = made.Entries().Where(entry => Recorded(entry.Serial)?.Entry != entry && !ChangedMeanwhile(entry.Serial)).Take(10).Select(entry => $"{entry.Serial} is new without a change on record.");
            return
            [
                .. CrlIsComplete.Differences(
                    CrlIsComplete.Applied(before.Entries(), made.Entries()), view.Read(), ChangedMeanwhile, serial => Recorded(serial) is { } record && record.NotAfter < task.LastRegular),
                .. unrecorded,
            ];
        }

        var explained = Task.Run(() => CrlIsComplete.Differences(made.Entries().Select(entry => entry.Serial), view.Read(), _ => false));
        var unexplained = CrlDifferenceIsExplained.Unexplained(before.Entries(), made.Entries(), task.LastRegular, Recorded);
        var incomplete = explained.GetAwaiter().GetResult();

        // Rarely: somebody was revoked while the two sides were read. Looked at again, with the database at hand.
        return [.. incomplete.Count == 0 ? [] : CrlIsComplete.Differences(made.Entries().Select(entry => entry.Serial), view.Read(), ChangedMeanwhile), .. unexplained];
    }
}
