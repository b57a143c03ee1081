using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>The SQL of packages.</summary>
internal static class ArchiveStore
{
    public const string Sealed = "sealed", Proposed = "proposed", Approved = "approved", Destroyed = "destroyed";

    private const string Columns = "SELECT number, id, class, state, made_at, person, covers, covers_until, kept_until, held, stamped_at, files, bytes, root, manifest, upto FROM hosting_archive_packages";

    public static Package? Of(Session session, string id) => session.QueryFirst<Package>($"{Columns} WHERE id = @id", new { id });

    public static Package? Last(Session session, string @class) => session.QueryFirst<Package>($"{Columns} WHERE class = @class ORDER BY number DESC LIMIT 1", new { @class });

    public static long Count(Session session, string @class) => session.Scalar<long>("SELECT count(*) FROM hosting_archive_packages WHERE class = @class", new { @class });

    public static IReadOnlyList<Package> Page(Session session, ArchiveQuery query) => query.Class is { } @class
        ? session.Query<Package>($"{Columns} WHERE class = @class AND number < @below ORDER BY number DESC LIMIT @limit", new { @class, below = query.Below ?? long.MaxValue, limit = query.Limit })
        : session.Query<Package>($"{Columns} WHERE number < @below ORDER BY number DESC LIMIT @limit", new { below = query.Below ?? long.MaxValue, limit = query.Limit });

    public static IReadOnlyList<Package> Unstamped(Session session) =>
        session.Query<Package>($"{Columns} WHERE stamped_at IS NULL AND state <> 'destroyed' ORDER BY number LIMIT 200");

    public static void Add(Session session, Package package) => session.Execute(
        """
        INSERT INTO hosting_archive_packages (id, class, state, made_at, person, covers, covers_until, kept_until, files, bytes, root, manifest, upto)
        VALUES (@Id, @Class, @State, @MadeAt, @Person, @Covers, @CoversUntil, @KeptUntil, @Files, @Bytes, @Root, @Manifest, @Upto)
        """,
        new { package.Id, package.Class, package.State, package.MadeAt, package.Person, package.Covers, package.CoversUntil, package.KeptUntil, package.Files, package.Bytes, package.Root, package.Manifest, package.Upto });

    public static void SetState(Session session, string id, string state) => session.Execute("UPDATE hosting_archive_packages SET state = @state WHERE id = @id", new { id, state });

    public static void SetHeld(Session session, string id, string? held) => session.Execute("UPDATE hosting_archive_packages SET held = @held WHERE id = @id", new { id, held });

    public static void SetStamped(Session session, string id, long at) => session.Execute("UPDATE hosting_archive_packages SET stamped_at = @at WHERE id = @id", new { id, at });

    public sealed record Package(
        long Number, string Id, string Class, string State, long MadeAt, string Person, string Covers, long CoversUntil, long KeptUntil, string? Held, long? StampedAt, long Files, long Bytes, string Root,
        string Manifest, string Upto)
    {
        public ArchiveRow ToRow() => new(
            Id, Class, State, DateTimeOffset.FromUnixTimeMilliseconds(MadeAt), Person, Covers, DateTimeOffset.FromUnixTimeMilliseconds(KeptUntil), Held,
            StampedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null, (int)Files, Bytes, Root);
    }
}
