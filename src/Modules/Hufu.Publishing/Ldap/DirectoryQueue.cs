using Hufu.Records;

namespace Hufu.Publishing.Ldap;

/// <summary>What is told to directories.</summary>
internal static class DirectoryKinds
{
    /// <summary>A holder's certificate, by serial: there when it is public, gone when it is not.</summary>
    public const string Certificate = "certificate";

    /// <summary>A CA's certificates, by the CA's name.</summary>
    public const string Authority = "authority";

    /// <summary>A CRL, by the name of its address and its number: <c>operational/17</c>.</summary>
    public const string Crl = "crl";
}

/// <summary>The queues: each directory has its own, in order (R20: making a list never waits for a place to publish to, nor one place for another).</summary>
internal static class DirectoryQueue
{
    /// <summary>Something has changed: every directory is to be told, in the transaction in which it changed.</summary>
    public static void Add(Session session, IEnumerable<string> targets, string kind, string what, DateTimeOffset now)
    {
        foreach (var target in targets)
        {
            session.Execute(
                "INSERT INTO publishing_directory_queue (target, kind, object, queued_at, tries) VALUES (@target, @kind, @what, @now, 0)", new { target, kind, what, now = now.ToUnixTimeMilliseconds() });
        }
    }

    /// <summary>The next thing for a directory.</summary>
    public static QueuedItem? Next(Session session, string target) => session.QueryFirst<QueuedItem>(
        "SELECT number, kind, object, queued_at, tries FROM publishing_directory_queue WHERE target = @target ORDER BY number LIMIT 1", new { target });

    /// <summary>It was told.</summary>
    public static void Done(Session session, long number) => session.Execute("DELETE FROM publishing_directory_queue WHERE number = @number", new { number });

    /// <summary>It could not be told; it stays at the head.</summary>
    public static void Failed(Session session, long number, string fault) =>
        session.Execute("UPDATE publishing_directory_queue SET tries = tries + 1, fault = @fault WHERE number = @number", new { number, fault });

    /// <summary>The directory refuses it for good: put aside.</summary>
    public static void Refuse(Session session, string target, QueuedItem item, string fault, DateTimeOffset now)
    {
        session.Execute(
            "INSERT INTO publishing_directory_refused (number, target, kind, object, refused_at, fault) VALUES (@Number, @target, @Kind, @Object, @now, @fault)",
            new { item.Number, target, item.Kind, item.Object, now = now.ToUnixTimeMilliseconds(), fault });
        Done(session, item.Number);
    }

    /// <summary>How much waits, since when (-1 when nothing does), and how much was refused.</summary>
    public static QueueState State(Session session, string target) => session.QueryFirst<QueueState>(
        """
        SELECT count(*) AS waiting, COALESCE(MIN(queued_at), -1) AS oldest, (SELECT count(*) FROM publishing_directory_refused WHERE target = @target) AS refused FROM publishing_directory_queue WHERE target = @target
        """,
        new { target })!;

    internal sealed record QueuedItem(long Number, string Kind, string Object, long QueuedAt, long Tries);

    internal sealed record QueueState(long Waiting, long Oldest, long Refused);
}
