using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Pki.Gmt0014;

namespace Hufu.Kmc;

/// <summary>What an operator of the key centre sets, in <c>kmc.json</c> of the room's folder; what is not there stays as the program has it. Read once at start; an unknown name or value stops the start.</summary>
/// <param name="Gmt0014">The open points of GM/T 0014, as agreed with the CAs.</param>
/// <param name="RestoreToAnotherKey">As <see cref="KmcOptions.RestoreToAnotherKey"/>.</param>
/// <param name="MostRequests">As <see cref="KmcOptions.MostRequests"/>.</param>
/// <param name="Sdf">A device behind the C interface of GM/T 0018 that makes and keeps the pairs.</param>
internal sealed record KmcFile(Gmt0014File? Gmt0014, bool? RestoreToAnotherKey, int? MostRequests, SdfFile? Sdf)
{
    /// <summary>Its name.</summary>
    public const string Name = "kmc.json";

    /// <summary>The options of a room: those of the program with those of its file over them.</summary>
    /// <exception cref="InvalidDataException">The file is not as it should be; the message says where.</exception>
    public static KmcOptions Over(KmcOptions options, string directory) => RoomFile.Read<KmcFile>(Path.Combine(directory, Name))?.Set(options, directory) ?? options;

    private KmcOptions Set(KmcOptions options, string directory) => options with
    {
        Gmt0014 = Gmt0014?.Over(options.Gmt0014) ?? options.Gmt0014,
        RestoreToAnotherKey = RestoreToAnotherKey ?? options.RestoreToAnotherKey,
        MostRequests = MostRequests ?? options.MostRequests,
        Sdf = Sdf?.In(directory) ?? options.Sdf,
    };
}

/// <summary>The open points; as <see cref="Gmt0014Options"/>.</summary>
internal sealed record Gmt0014File(
    KeyHashInput? KeyHash, PrivateKeySignatureInput? PrivateKeySignature, UserTextType? UserText, ErrorDescriptionForm? ErrorDescription, ChoiceTagging? Tagging, int? Version)
{
    public Gmt0014Options Over(Gmt0014Options options) => options with
    {
        KeyHash = KeyHash ?? options.KeyHash,
        PrivateKeySignature = PrivateKeySignature ?? options.PrivateKeySignature,
        UserText = UserText ?? options.UserText,
        ErrorDescription = ErrorDescription ?? options.ErrorDescription,
        Tagging = Tagging ?? options.Tagging,
        Version = Version ?? options.Version,
    };
}

/// <summary>A device; as <see cref="SdfOptions"/>.</summary>
internal sealed record SdfFile(string? Library, uint? KekIndex, int? EccMaxBits, uint? KekAlgorithm)
{
    public SdfOptions In(string directory)
    {
        var options = new SdfOptions { Library = Library ?? throw new InvalidDataException($"{KmcFile.Name}: sdf.library is missing."), Directory = Path.Combine(directory, "sdf") };
        return options with { KekIndex = KekIndex ?? options.KekIndex, EccMaxBits = EccMaxBits ?? options.EccMaxBits, KekAlgorithm = KekAlgorithm ?? options.KekAlgorithm };
    }
}
