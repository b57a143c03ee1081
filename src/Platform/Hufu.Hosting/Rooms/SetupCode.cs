using System.Security.Cryptography;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>The one-time code of a room's first start: 128 random bits, kept hashed, shown by the host and in <c>setup-code</c> (mode 0600), consumed by the room's initialisation.</summary>
public sealed class SetupCode
{
    /// <summary>The file in the room's folder that holds the code until it is consumed.</summary>
    public const string FileName = "setup-code";

    private readonly string _room;
    private readonly string _path;
    private readonly TimeProvider _clock;

    private SetupCode(string room, string path, TimeProvider clock, string? pending)
    {
        _room = room;
        _path = path;
        _clock = clock;
        Pending = pending;
    }

    /// <summary>The code while it waits to be used and its file is there, for the host to show; null afterwards.</summary>
    public string? Pending { get; private set; }

    /// <summary>Reads the room's code, or makes it at the first start.</summary>
    internal static async Task<SetupCode> OpenAsync(string room, string directory, Database database, TimeProvider clock, CancellationToken ct)
    {
        var path = Path.Combine(directory, FileName);
        var fresh = SecureRandom.NewId();
        var (made, consumed) = await database.WriteAsync(
            session =>
            {
                var inserted = session.Execute(
                    "INSERT INTO hosting_setup (room, digest, made_at) VALUES (@room, @digest, @now) ON CONFLICT (room) DO NOTHING",
                    new { room, digest = Digest(fresh), now = clock.GetUtcNow().ToUnixTimeMilliseconds() }) > 0;
                return (inserted, session.Scalar<long>("SELECT count(*) FROM hosting_setup WHERE room = @room AND consumed_at IS NOT NULL", new { room }) > 0);
            },
            ct).ConfigureAwait(false);
        if (made)
        {
            WritePrivate(path, fresh);
        }

        return new SetupCode(room, path, clock, consumed ? null : made ? fresh : File.Exists(path) ? (await File.ReadAllTextAsync(path, ct).ConfigureAwait(false)).Trim() : null);
    }

    /// <summary>Refuses a code that is not this room's, or one that was consumed. Constant time.</summary>
    /// <param name="session">A transaction of the room's database.</param>
    /// <param name="code">What was sent.</param>
    /// <exception cref="RefusedException">SetupCodeWrong; AlreadyInitialised when it was consumed.</exception>
    public void Demand(Session session, string code)
    {
        ArgumentNullException.ThrowIfNull(session);
        var digest = session.QueryFirst<string>("SELECT digest FROM hosting_setup WHERE room = @room", new { room = _room }) ?? "";
        if (code is not { Length: 32 } || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Digest(code)), Encoding.ASCII.GetBytes(digest)))
        {
            throw new RefusedException(RefusalCode.SetupCodeWrong, "", "setupCode");
        }

        if (IsConsumed(session))
        {
            throw new RefusedException(RefusalCode.AlreadyInitialised, "The setup code has been used.", "setupCode");
        }
    }

    /// <summary>Consumes it: after the transaction it opens nothing any more, and its file is gone.</summary>
    /// <param name="session">A writing transaction.</param>
    public void Consume(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Execute("UPDATE hosting_setup SET consumed_at = @now WHERE room = @room AND consumed_at IS NULL", new { room = _room, now = _clock.GetUtcNow().ToUnixTimeMilliseconds() });
        session.OnCommitted(() =>
        {
            Pending = null;
            File.Delete(_path);
        });
    }

    /// <summary>Whether it was consumed: the room's initialisation is done.</summary>
    public bool IsConsumed(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Scalar<long>("SELECT count(*) FROM hosting_setup WHERE room = @room AND consumed_at IS NOT NULL", new { room = _room }) > 0;
    }

    private static string Digest(string code) => ActStatement.Digest(Encoding.UTF8.GetBytes("HUFU-SETUP 1\n" + code));

    private static void WritePrivate(string path, string code)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(Encoding.ASCII.GetBytes(code + "\n"));
    }
}
