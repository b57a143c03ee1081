using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Publishing.Certificates;
using Hufu.Publishing.Crls;
using Hufu.Records;

namespace Hufu.Publishing.Ldap;

/// <summary>All directories: telling them, sending everything again, comparing.</summary>
internal sealed class DirectoryDesk : IAsyncDisposable
{
    private const int Page = 1000;
    private const int MostDifferences = 1000;

    private readonly RoomContext _context;
    private readonly CrlFiles _files;
    private readonly DirectorySettings _settings;
    private readonly IReadOnlyList<DirectoryWorker> _workers;
    private readonly string[] _names;

    /// <summary>The directories of the room's file.</summary>
    /// <param name="context">The room.</param>
    /// <param name="files">Where large lists lie.</param>
    /// <exception cref="InvalidDataException">The file cannot be used.</exception>
    public DirectoryDesk(RoomContext context, CrlFiles files)
    {
        _context = context;
        _files = files;
        _settings = DirectorySettings.Load(context.DataDirectory);
        _workers = [.. _settings.Targets.Select(target => new DirectoryWorker(context, target, _settings.Entries, files))];
        _names = [.. _settings.Targets.Select(target => target.Name)];
    }

    /// <summary>Where entries lie and when they go.</summary>
    public DirectoryTree Tree => _settings.Entries;

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names => _names;

    public void Start()
    {
        foreach (var worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>Something has changed; in the transaction in which it did.</summary>
    public void Tell(Session session, string kind, string what)
    {
        if (_names.Length > 0)
        {
            DirectoryQueue.Add(session, _names, kind, what, _context.Clock.GetUtcNow());
            session.OnCommitted(WakeAll);
        }
    }

    /// <summary>Queues everything for a directory: a new one, or one that was put back.</summary>
    /// <param name="name">Which.</param>
    /// <param name="ct">Cancels between pages.</param>
    /// <returns>How much was queued.</returns>
    public async Task<long> ResyncAsync(string name, CancellationToken ct)
    {
        var worker = Find(name);
        var now = _context.Clock.GetUtcNow();
        long queued = await _context.Database.WriteAsync(
            session =>
            {
                var all = AuthorityShelf.Names(session).Select(ca => (DirectoryKinds.Authority, ca)).Concat(CrlShelf.InForce(session).Select(list => (DirectoryKinds.Crl, list))).ToList();
                all.ForEach(one => DirectoryQueue.Add(session, [name], one.Item1, one.Item2, now));
                return all.Count;
            },
            ct);
        for (var after = ""; ;)
        {
            var start = after;
            var page = await _context.Database.WriteAsync(
                session =>
                {
                    var serials = CertificateShelf.PublicSerials(session, start, Page);
                    foreach (var serial in serials)
                    {
                        DirectoryQueue.Add(session, [name], DirectoryKinds.Certificate, serial, now);
                    }

                    return serials;
                },
                ct);
            queued += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            after = page[^1];
        }

        worker.Wake();
        return queued;
    }

    /// <summary>Compares a directory with what it is to have.</summary>
    /// <param name="name">Which.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DirectoryComparison> CompareAsync(string name, CancellationToken ct)
    {
        var worker = Find(name);
        using var link = await Task.Run(worker.Connect, ct);
        var differences = new List<DirectoryDifference>();
        var there = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (dn, certificate) in link.Certificates(worker.Target.Base))
        {
            there[Convert.ToHexStringLower(Sm3.HashData(certificate))] = dn;
        }

        long compared = 0;
        for (var after = ""; ;)
        {
            var start = after;
            var page = await _context.Database.ReadAsync(session => CertificateShelf.PublicSerials(session, start, Page), ct);
            foreach (var serial in page)
            {
                var row = await _context.Database.ReadAsync(session => CertificateShelf.ForDirectory(session, serial, Tree.RemoveRevoked, DirectoryShelf.Ended(Tree, _context.Clock.GetUtcNow())), ct);
                if (row is not null && ++compared > 0 && !there.Remove(Convert.ToHexStringLower(Sm3.HashData(row.Certificate))))
                {
                    Note(worker.Entries.CertificateDn(serial), "missing", "userCertificate;binary");
                }
            }

            if (page.Count < Page)
            {
                break;
            }

            after = page[^1];
        }

        foreach (var dn in there.Values)
        {
            Note(dn, "extra", "userCertificate;binary");
        }

        var wanted = await _context.Database.ReadAsync(
            session => AuthorityShelf.Names(session).Select(ca => (DirectoryKinds.Authority, ca)).Concat(CrlShelf.InForce(session).Select(list => (DirectoryKinds.Crl, list)))
                .Select(one => DirectoryShelf.Read(session, worker.Entries, Tree, _files, _context.Clock.GetUtcNow(), one.Item1, one.Item2)).OfType<DirectoryDuty>().ToList(),
            ct);
        foreach (var entry in wanted.Select(duty => duty.Entry).OfType<DirectoryEntry>())
        {
            foreach (var (attribute, values) in entry.Values)
            {
                compared += values.Count;
                var mine = values.Select(value => Convert.ToHexStringLower(Sm3.HashData(value))).Order(StringComparer.Ordinal);
                var found = link.Read(entry.Dn, attribute);
                if (!mine.SequenceEqual(found.Select(value => Convert.ToHexStringLower(Sm3.HashData(value))).Order(StringComparer.Ordinal)))
                {
                    Note(entry.Dn, found.Count == 0 ? "missing" : "different", attribute);
                }
            }
        }

        var state = await _context.Database.ReadAsync(session => DirectoryQueue.State(session, name), ct);
        return new DirectoryComparison(name, compared, state.Waiting, state.Refused, differences);

        void Note(string dn, string what, string attribute)
        {
            if (differences.Count < MostDifferences)
            {
                differences.Add(new DirectoryDifference(dn, what, attribute));
            }
        }
    }

    /// <summary>The state of each for health.</summary>
    public Task<RoomCheck[]> CheckAsync(CancellationToken ct) => Task.WhenAll(_workers.Select(worker => worker.CheckAsync(ct)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }
    }

    private DirectoryWorker Find(string name) =>
        _workers.FirstOrDefault(worker => worker.Target.Name == name) ?? throw new RefusedException(RefusalCode.UnknownObject, $"There is no directory of that name; there is {(_names.Length == 0 ? "none" : string.Join(", ", _names))}.", "target");

    private void WakeAll()
    {
        foreach (var worker in _workers)
        {
            worker.Wake();
        }
    }
}

/// <summary>A directory beside what it is to have.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Compared">Values that it is to have.</param>
/// <param name="Waiting">What still waits to be told; differences may be that.</param>
/// <param name="Refused">What it refused for good.</param>
/// <param name="Differences">At most 1,000.</param>
internal sealed record DirectoryComparison(string Target, long Compared, long Waiting, long Refused, IReadOnlyList<DirectoryDifference> Differences);

/// <summary>A difference.</summary>
/// <param name="Entry">Its name.</param>
/// <param name="What">missing, extra or different.</param>
/// <param name="Attribute">Which attribute.</param>
internal sealed record DirectoryDifference(string Entry, string What, string Attribute);
