using System.Security.Cryptography;
using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Ra.Revocation;

/// <summary>挑战语: set when applying, revokes without a counter (6.2.7.3-d). Stored like a password (PBKDF2 with HMAC-SM3), limited tries.</summary>
internal static class ChallengePhrase
{
    private const int Iterations = 60_000;
    private const int Shortest = 6;
    private const int Longest = 64;

    public static void MustBeAcceptable(string phrase)
    {
        if (phrase.EnumerateRunes().Count() is < Shortest or > Longest || string.IsNullOrWhiteSpace(phrase))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{Shortest} to {Longest} characters.", "challengePhrase");
        }
    }

    /// <summary>What is stored of a phrase. Costs some ten milliseconds: derive before the transaction.</summary>
    public static Stored Derive(string phrase)
    {
        var salt = SecureRandom.GetBytes(16);
        return new Stored { Salt = salt, Iterations = Iterations, Hash = Hash(phrase, salt, Iterations) };
    }

    public static void Store(Session session, string application, Stored stored, int tries) => session.Execute(
        "INSERT INTO ra_challenges (application, salt, iterations, hash, tries_left) VALUES (@Application, @Salt, @Iterations, @Hash, @Tries)",
        new { Application = application, stored.Salt, stored.Iterations, stored.Hash, Tries = tries });

    /// <summary>A renewal keeps the phrase of the application that it renews.</summary>
    public static void Inherit(Session session, string from, string to, int tries) => session.Execute(
        "INSERT INTO ra_challenges (application, salt, iterations, hash, tries_left) SELECT @To, salt, iterations, hash, @Tries FROM ra_challenges WHERE application = @From",
        new { From = from, To = to, Tries = tries });

    /// <summary>Takes one try, in a transaction of its own, before the phrase is looked at: a crash never gives a try back.</summary>
    /// <remarks>Serials are public, so anybody can use tries up. They come back some time after the last one: a stranger delays a revocation, and never ends the holder's right to it.</remarks>
    /// <exception cref="RefusedException">TriesExhausted.</exception>
    public static Stored TakeTry(Session session, string application, TryPolicy tries)
    {
        var stored = session.QueryFirst<Stored>("SELECT salt, iterations, hash, tries_left, tried_at FROM ra_challenges WHERE application = @Application", new { Application = application })
            ?? throw new RefusedException(RefusalCode.UnknownObject);
        if (tries.Now - stored.TriedAt >= (long)tries.BackAfter.TotalMilliseconds)
        {
            stored.TriesLeft = tries.Most;
        }

        if (stored.TriesLeft <= 0)
        {
            throw new RefusedException(RefusalCode.TriesExhausted, $"Tries come back {tries.BackAfter.TotalMinutes:0} minutes after the last one.", "challengePhrase");
        }

        session.Execute(
            "UPDATE ra_challenges SET tries_left = @Left, tried_at = @Now WHERE application = @Application", new { Left = stored.TriesLeft - 1, tries.Now, Application = application });
        return stored;
    }

    /// <summary>The right phrase gives the tries back.</summary>
    public static void Restore(Session session, string application, int tries) =>
        session.Execute("UPDATE ra_challenges SET tries_left = @Tries WHERE application = @Application", new { Application = application, Tries = tries });

    [Clause("6.2.7.3-d")]
    public static bool Matches(Stored stored, string phrase) =>
        phrase.Length <= 4 * Longest && CryptographicOperations.FixedTimeEquals(Hash(phrase, stored.Salt, (int)stored.Iterations), stored.Hash);

    private static byte[] Hash(string phrase, byte[] salt, int iterations)
    {
        var hash = new byte[32];
        Pbkdf2Sm3.DeriveKey(Encoding.UTF8.GetBytes(phrase), salt, iterations, hash);
        return hash;
    }

    /// <summary>How many wrong phrases are borne.</summary>
    /// <param name="Most">As many (policy).</param>
    /// <param name="BackAfter">This long after the last try all of them are back.</param>
    /// <param name="Now">Unix milliseconds.</param>
    internal sealed record TryPolicy(int Most, TimeSpan BackAfter, long Now);

    internal sealed class Stored
    {
        public byte[] Salt { get; set; } = [];

        public long Iterations { get; set; }

        public byte[] Hash { get; set; } = [];

        public long TriesLeft { get; set; }

        public long TriedAt { get; set; }
    }
}
