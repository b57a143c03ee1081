using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>How far a room's archive reaches: what a module asks before it destroys what must be archived first.</summary>
public static class ArchiveMark
{
    /// <summary>The <see cref="ArchiveBatch.Upto"/> of the last sealed package of a class; null before the first.</summary>
    /// <param name="session">A snapshot, or the transaction.</param>
    /// <param name="class">The class, as policy/archive.yaml calls it.</param>
    public static string? Last(Session session, string @class) => ArchiveStore.Last(session, @class)?.Upto;

    /// <summary>Whether a file of the room's evidence store is a register's scan: then it stays, whatever else named it.</summary>
    /// <param name="session">A snapshot, or the transaction.</param>
    /// <param name="digest">SM3 of its content, hex.</param>
    public static bool IsScan(Session session, string digest) => RegisterStore.NamedBy(session, digest).Count > 0;
}
