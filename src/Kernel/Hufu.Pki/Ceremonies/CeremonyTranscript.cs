using System.Text;
using Hufu.Crypto;

namespace Hufu.Pki;

/// <summary>
/// The transcript of a key ceremony (6.6.2.1-a): who was there, what was done, what came out. Its JSON is the content that everybody present signs
/// (<see cref="CeremonySignature"/>); the Markdown and the PDF that people read are among its files, by their digests.
/// </summary>
public sealed partial record CeremonyTranscript
{
    /// <summary>The file in a ceremony's folder that holds the JSON.</summary>
    public const string FileName = "transcript.json";

    /// <summary>The file that holds the JSON signed by all: GM/T 0010 signedData, DER, content inside.</summary>
    public const string SignedFileName = "transcript.p7s";

    /// <summary>The ceremony: 32 lower-case hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Title, in Chinese.</summary>
    public required string Title { get; init; }

    /// <summary>Title, in English.</summary>
    public required string TitleEn { get; init; }

    /// <summary>Where.</summary>
    public required string Place { get; init; }

    /// <summary>SM3 of the script that was followed, lower-case hex.</summary>
    public required string ScriptDigest { get; init; }

    /// <summary>Start, a whole second, UTC.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>End, a whole second, UTC.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Everybody present; each signs.</summary>
    public required IReadOnlyList<CeremonyPerson> People { get; init; }

    /// <summary>What was done, in order.</summary>
    public required IReadOnlyList<CeremonyAct> Acts { get; init; }

    /// <summary>What has become of the keys.</summary>
    public required IReadOnlyList<CeremonyKey> Keys { get; init; }

    /// <summary>What came out.</summary>
    public required IReadOnlyList<CeremonyFile> Files { get; init; }

    /// <summary>What a token signs to prove that its holder is there: bound to the ceremony, the script and fresh random bytes, and of no other use.</summary>
    /// <param name="ceremony">The ceremony's id.</param>
    /// <param name="scriptDigest">SM3 of the script, lower-case hex.</param>
    /// <param name="challenge">32 random bytes.</param>
    public static byte[] PresenceText(string ceremony, string scriptDigest, ReadOnlySpan<byte> challenge) =>
        Encoding.UTF8.GetBytes($"hufu ceremony presence 1\n{ceremony}\n{scriptDigest}\n{Convert.ToHexStringLower(challenge)}\n");

    /// <summary>SM3 as the transcript writes it.</summary>
    public static string Digest(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(Sm3.HashData(data));
}
