namespace Hufu.Hosting;

/// <summary>What a room gives to its archive of one class (policy/archive.yaml). Hosting has sources of its own for the ledger, registers, reviews, ceremonies and policy of every room.</summary>
public interface IArchiveSource
{
    /// <summary>The class, as policy/archive.yaml calls it.</summary>
    string Class { get; }

    /// <summary>Gathers what has come up since the last package.</summary>
    /// <param name="upto">The <see cref="ArchiveBatch.Upto"/> of the last package; null for the first.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when there is nothing new.</returns>
    Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct);
}

/// <summary>A room with classes of its own for the archive: what a module's public type implements beside <see cref="IRoom"/>.</summary>
public interface IArchivedRoom
{
    /// <summary>Its sources, each class once.</summary>
    IReadOnlyList<IArchiveSource> ArchiveSources { get; }
}

/// <summary>What goes into a package.</summary>
/// <param name="Covers">In words: records from … to …, up to 500 characters.</param>
/// <param name="CoversUntil">The end of the time that it covers.</param>
/// <param name="KeptFrom">From when its period counts.</param>
/// <param name="Upto">Where the next package goes on; the source's own affair, up to 200 characters.</param>
/// <param name="Items">Its files, 1 to 100,000.</param>
public sealed record ArchiveBatch(string Covers, DateTimeOffset CoversUntil, DateTimeOffset KeptFrom, string Upto, IReadOnlyList<ArchiveItem> Items);

/// <summary>A file of a package.</summary>
/// <param name="Name">Its name, one or more parts of a–z, 0–9, <c>.</c>, <c>_</c>, <c>-</c> between slashes; each begins with a letter or digit; up to 200 characters.</param>
/// <param name="Write">Writes its bytes; called once.</param>
public sealed record ArchiveItem(string Name, Func<Stream, CancellationToken, Task> Write)
{
    /// <summary>A file of bytes that are there already.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes.</param>
    public static ArchiveItem Of(string name, ReadOnlyMemory<byte> content) => new(name, async (stream, ct) => await stream.WriteAsync(content, ct).ConfigureAwait(false));
}
