using System.Reflection;
using System.Text;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Types;

/// <summary>
/// 订户协议: the text in force, the operator's file or the one that is embedded. Every version that was ever in force stays on record with its text and its SM3 digest; an application names the version that was accepted
/// and when (6.2.1.3-b, 7.2.6-a). A new version is asked for at the next renewal, because only the one in force counts.
/// </summary>
internal sealed class SubscriberAgreement
{
    private const int Largest = 256 * 1024;

    private SubscriberAgreement(string version, string text) => InForce = new Agreement(version, ActStatement.Digest(Encoding.UTF8.GetBytes(text)), text);

    /// <summary>The agreement as it is published.</summary>
    public Agreement InForce { get; }

    /// <summary>Reads it.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="file">The operator's text, UTF-8; null for the one that is embedded.</param>
    /// <exception cref="InvalidDataException">The file is missing, empty or too large.</exception>
    public static SubscriberAgreement Load(string version, string? file)
    {
        if (file is not null)
        {
            return File.Exists(file) && new FileInfo(file).Length is > 0 and <= Largest
                ? new SubscriberAgreement(version, File.ReadAllText(file, Encoding.UTF8))
                : throw new InvalidDataException($"The subscriber agreement {file} is missing, empty, or larger than {Largest} bytes.");
        }

        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("agreement.txt")
            ?? throw new InvalidOperationException("The subscriber agreement is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new SubscriberAgreement(version, reader.ReadToEnd());
    }

    /// <summary>Puts this version on record, once.</summary>
    /// <exception cref="InvalidDataException">The version is there with another text.</exception>
    public void PutInForce(Session session, long now)
    {
        session.Execute(
            "INSERT INTO ra_agreements (version, digest, text, in_force_at) VALUES (@Version, @Digest, @Text, @Now) ON CONFLICT (version) DO NOTHING", new { InForce.Version, InForce.Digest, InForce.Text, Now = now });
        if (session.Scalar<string>("SELECT digest FROM ra_agreements WHERE version = @Version", new { InForce.Version }) != InForce.Digest)
        {
            throw new InvalidDataException($"Version {InForce.Version} of the subscriber agreement was in force with another text; give the new text a new version (ra.json, agreement).");
        }
    }

    /// <summary>Every version that was in force, newest first.</summary>
    public static IReadOnlyList<AgreementVersion> All(Session session) =>
        [.. session.Query<Row>("SELECT version, digest, in_force_at FROM ra_agreements ORDER BY in_force_at DESC, version DESC LIMIT 1000").Select(row => row.ToVersion())];

    /// <summary>A version with its text.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static Agreement One(Session session, string version) =>
        session.QueryFirst<Agreement>("SELECT version, digest, text FROM ra_agreements WHERE version = @Version", new { Version = version[..Math.Min(version.Length, 64)] })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such version.", "version");

    /// <summary>Refuses unless this very version was expressly accepted.</summary>
    [Clause("7.2.6-a")]
    [Clause("6.2.1.3-b")]
    public void MustBeAccepted(string version, bool accepted)
    {
        if (!accepted || version != InForce.Version)
        {
            throw new RefusedException(RefusalCode.AgreementMissing, $"The version in force is {InForce.Version}.", "agreementVersion");
        }
    }

    private sealed record Row(string Version, string Digest, long InForceAt)
    {
        public AgreementVersion ToVersion() => new(Version, Digest, DateTimeOffset.FromUnixTimeMilliseconds(InForceAt));
    }
}
