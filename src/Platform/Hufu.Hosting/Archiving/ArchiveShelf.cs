using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>The packages of a room in their folder: makes, stamps, opens and erases them, one at a time.</summary>
internal sealed class ArchiveShelf : IDisposable
{
    private readonly RoomContext _context;
    private readonly Dictionary<string, IArchiveSource> _sources;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly string _folder;
    private readonly string? _offsite;
    private readonly Uri _stamps;
    private readonly PackageMaker _maker;

    public ArchiveShelf(RoomContext context, IReadOnlyList<IArchiveSource> sources)
    {
        _context = context;
        _folder = context.Settings.ArchiveDirectory is { } archive ? Path.Combine(archive, context.Name) : Path.Combine(context.DataDirectory, "archive");
        _offsite = context.Settings.LogServer?.Offsite is { } offsite ? Path.Combine(offsite, context.Name, "archive") : null;
        _stamps = context.Settings.TimeStampServer ?? new Uri(context.Settings.PublicAddress("/tsa"));
        _maker = new PackageMaker(context, _folder);
        IArchiveSource[] own = [new LedgerSource(context), new RegisterSource(context), new ReviewSource(context), new CeremonySource(context), new PolicySource(context)];
        _sources = own.Concat(sources).ToDictionary(source => source.Class, StringComparer.Ordinal);
    }

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public void Demand(string @class)
    {
        if (!_context.Policy.Archive.ContainsKey(@class) || !_sources.ContainsKey(@class))
        {
            throw new RefusedException(RefusalCode.UnknownObject, $"Classes that are archived here: {string.Join(", ", _sources.Keys.Where(_context.Policy.Archive.ContainsKey).Order(StringComparer.Ordinal))}.", "class");
        }
    }

    /// <summary>The classes of this room, and since when a package is due.</summary>
    public IReadOnlyList<ArchiveClassRow> Classes(Session session)
    {
        var now = _context.Clock.GetUtcNow();
        return
        [
            .. _context.Policy.Archive.Values.Where(archived => _sources.ContainsKey(archived.Id)).OrderBy(archived => archived.Id, StringComparer.Ordinal).Select(archived =>
            {
                // Without a package the first is due one period after the room was set up.
                var last = ArchiveStore.Last(session, archived.Id)?.MadeAt ?? session.Scalar<long>("SELECT coalesce(min(consumed_at), 0) FROM hosting_setup");
                var due = archived.Every.After(DateTimeOffset.FromUnixTimeMilliseconds(last));
                return new ArchiveClassRow(archived.Id, archived.Zh, archived.En, archived.Clause, archived.Kept.ToString(), archived.Sealed, archived.Every.ToString(), last > 0 && due <= now ? due : null);
            }),
        ];
    }

    public async Task<ArchiveStore.Package> MakeAsync(AuthorisedAct act, ArchiveMaking making, CancellationToken ct)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var @class = _context.Policy.Archive[making.Class];
            var (last, count) = await _context.Database.ReadAsync(session => (ArchiveStore.Last(session, @class.Id), ArchiveStore.Count(session, @class.Id)), ct).ConfigureAwait(false);
            var batch = await _sources[@class.Id].CollectAsync(last?.Upto, ct).ConfigureAwait(false)
                ?? throw new RefusedException(RefusalCode.StateWrong, "Nothing has come since the last package.", "class");
            PrivateFolder.Make(_folder);
            var id = string.Create(CultureInfo.InvariantCulture, $"{_context.Name}-{@class.Id}-{count + 1:D6}");
            var left = Path.Combine(_folder, id);
            if (Directory.Exists(left))
            {
                // A crash between writing and recording: what nobody has on record is made anew.
                Directory.Delete(left, recursive: true);
            }

            var manifest = await _maker.MakeAsync(id, @class, batch, act, making.Reason, last?.Manifest, ct).ConfigureAwait(false);
            var package = new ArchiveStore.Package(
                0, id, @class.Id, ArchiveStore.Sealed, manifest.MadeAt.ToUnixTimeMilliseconds(), manifest.By, batch.Covers, batch.CoversUntil.ToUnixTimeMilliseconds(), manifest.KeptUntil.ToUnixTimeMilliseconds(), null, null,
                manifest.Files.Count, manifest.Files.Sum(file => file.Size), manifest.Root, ActStatement.Digest(await File.ReadAllBytesAsync(Path.Combine(_folder, id, ArchiveFormat.Manifest), ct).ConfigureAwait(false)), batch.Upto);
            await _context.Database.WriteAsync(
                session =>
                {
                    ArchiveStore.Add(session, package);
                    _context.Ledger.Append(session, Record(act.Person.ToString(), "archive.package.made", id, new JsonObject { ["class"] = @class.Id, ["covers"] = batch.Covers, ["root"] = package.Root, ["manifest"] = package.Manifest, ["files"] = package.Files }));
                },
                CancellationToken.None).ConfigureAwait(false);
            return await StampOneAsync(package, ct).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await _context.Ledger.AppendAsync(
                Record(act.Person.ToString(), "archive.package.made", making.Class, new JsonObject { ["reason"] = (fault as RefusedException)?.Refusal.ToString() ?? fault.GetType().Name }) with { Outcome = LedgerOutcome.Failed },
                CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Has every package without a time stamp stamped, as far as the authority answers.</summary>
    public async Task<IReadOnlyList<ArchiveStore.Package>> StampAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var stamped = new List<ArchiveStore.Package>();
            foreach (var package in await _context.Database.ReadAsync(ArchiveStore.Unstamped, ct).ConfigureAwait(false))
            {
                stamped.Add(await StampOneAsync(package, ct).ConfigureAwait(false));
            }

            return stamped;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<ArchiveStore.Package> StampOneAsync(ArchiveStore.Package package, CancellationToken ct)
    {
        var folder = Path.Combine(_folder, package.Id);
        var (answer, why) = await TimeStampClient.AskAsync(_stamps, await File.ReadAllBytesAsync(Path.Combine(folder, ArchiveFormat.Signature), ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        var at = answer?.Token!.Info.Time.ToUnixTimeMilliseconds();
        if (answer is not null)
        {
            var beside = Path.Combine(folder, ArchiveFormat.TimeStamp + ".new");
            await File.WriteAllBytesAsync(beside, answer.Encode(), ct).ConfigureAwait(false);
            File.Move(beside, Path.Combine(folder, ArchiveFormat.TimeStamp), overwrite: true);
        }

        var offsite = CopyOffsite(package.Id);
        await _context.Database.WriteAsync(
            session =>
            {
                if (offsite is not null)
                {
                    _context.Ledger.Append(session, Record(_context.Name, "archive.package.copied", package.Id, new JsonObject { ["fault"] = offsite }) with { Outcome = offsite.Length == 0 ? LedgerOutcome.Done : LedgerOutcome.Failed });
                }

                if (at is { } time)
                {
                    ArchiveStore.SetStamped(session, package.Id, time);
                }

                _context.Ledger.Append(session, Record(_context.Name, "archive.package.stamped", package.Id, new JsonObject { ["from"] = _stamps.ToString(), ["why"] = why.Length > 200 ? why[..200] : why }) with
                {
                    Outcome = at is null ? LedgerOutcome.Failed : LedgerOutcome.Done,
                });
            },
            CancellationToken.None).ConfigureAwait(false);
        return package with { StampedAt = at };
    }

    // 6.6.1.5-c: off site at once, where the settings name such a place. Null: none is named; else what went wrong, empty when nothing did.
    private string? CopyOffsite(string id)
    {
        if (_offsite is null)
        {
            return null;
        }

        try
        {
            var (from, to) = (Path.Combine(_folder, id), Path.Combine(_offsite, id));
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                PrivateFolder.Make(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }

            return "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.GetType().Name;
        }
    }

    /// <summary>Verifies a package and gives a file of it; opened where its class seals it.</summary>
    public async Task<(string Name, byte[] Content)> OpenAsync(string id, string name, CancellationToken ct)
    {
        var folder = Path.Combine(_folder, id);
        if (name == ArchiveFormat.Manifest)
        {
            return ($"{id}.json", await File.ReadAllBytesAsync(Path.Combine(folder, ArchiveFormat.Manifest), ct).ConfigureAwait(false));
        }

        var kept = await _context.Database.ReadAsync(session => ArchiveStore.Of(session, id), ct).ConfigureAwait(false);
        var report = await Task.Run(() => ArchiveVerifier.Verify(folder, Convert.ToHexStringLower(Crypto.Sm3.HashData(_context.Identity.AuditSigner.PublicKey.RawData.Span))), ct).ConfigureAwait(false);
        if (report.Verdict != ArchiveVerdict.Whole || report.Manifest != kept?.Manifest)
        {
            await _context.Ledger.AppendAsync(
                Record(_context.Name, "archive.package.checked", id, new JsonObject { ["verdict"] = report.Verdict.ToString(), ["findings"] = string.Join(" ", report.Findings.Take(5)) }) with { Outcome = LedgerOutcome.Failed },
                CancellationToken.None).ConfigureAwait(false);
            throw new RefusedException(RefusalCode.StateWrong, $"The package does not verify: {string.Join(" ", report.Findings.Take(3))}", "id");
        }

        var manifest = JsonSerializer.Deserialize<ArchiveManifest>(await File.ReadAllBytesAsync(Path.Combine(folder, ArchiveFormat.Manifest), ct).ConfigureAwait(false), ContractJson.Options)!;
        var file = manifest.Files.FirstOrDefault(file => file.Name == name) ?? throw new RefusedException(RefusalCode.UnknownObject, "The manifest names no such file.", "file");
        var content = await File.ReadAllBytesAsync(Path.Combine(folder, ArchiveFormat.Files, file.Name), ct).ConfigureAwait(false);
        if (file.OpenSm3 is { } open)
        {
            try
            {
                content = _maker.Cipher.Open(content, PackageMaker.Binding(id, file.Name));
            }
            catch (PkiException)
            {
                throw new RefusedException(RefusalCode.DeviceUnavailable, "The file does not open under this room's device.", "file");
            }

            if (ActStatement.Digest(content) != open)
            {
                throw new RefusedException(RefusalCode.StateWrong, "What comes out is not what was sealed.", "file");
            }
        }

        return (file.Name.Split('/')[^1], content);
    }

    /// <summary>Whether an assessment in the register reaches to the end of what a package covers.</summary>
    public bool IsAssessed(Session session, ArchiveStore.Package package)
    {
        var store = new RegisterStore(Messaging.DevicePinFile.DataCipher(_context.Identity, "evidence"));
        var until = _context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(package.CoversUntil))[..10];
        return store.Page(session, "assessments", new RegisterQuery(1_000)).Any(read =>
            read.Entry.CorrectedBy is null && read.Entry.Fields.TryGetValue("covers-until", out var to) && string.CompareOrdinal(to, until) >= 0
            && read.Entry.Fields.TryGetValue("covers-from", out var from) && string.CompareOrdinal(from, until) <= 0);
    }

    /// <summary>Erases a package's files, here and off site; manifest, signature and time stamp stay, as what was destroyed.</summary>
    public void Erase(string id)
    {
        Erase(_folder, id);
        if (_offsite is not null)
        {
            Erase(_offsite, id);
        }
    }

    private static void Erase(string folder, string id)
    {
        var files = Path.Combine(folder, id, ArchiveFormat.Files);
        if (Directory.Exists(files))
        {
            foreach (var file in Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
                stream.Write(new byte[Math.Min(stream.Length, 1 << 20)]);
                stream.SetLength(0);
                stream.Flush(flushToDisk: true);
            }

            Directory.Delete(files, recursive: true);
        }
    }

    private static LedgerRecord Record(string actor, string act, string id, JsonObject detail) => new() { Actor = actor, Act = act, Object = $"package/{id}", Outcome = LedgerOutcome.Done, Detail = detail };

    public void Dispose() => _one.Dispose();
}
