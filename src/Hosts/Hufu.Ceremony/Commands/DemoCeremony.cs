using System.Text;
using Hufu.Ceremony.Acts;
using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Commands;

/// <summary>Plays the written script of a root's birth from nothing: makes everybody's token, fills the script in, and goes through it.</summary>
internal static class DemoCeremony
{
    private const string Organisation = "国家电子政务认证中心";

    private static readonly (string Name, string Token)[] s_people =
    [
        ("陈主持", "leader"), ("林密管", "key-manager"), ("吴操作", "operator"), ("甲持有", "holder-1"), ("乙持有", "holder-2"), ("丙持有", "holder-3"), ("丁持有", "holder-4"),
        ("戊持有", "holder-5"), ("周见证", "witness"),
    ];

    public static string Template => Path.Combine(AppContext.BaseDirectory, "policy", "ceremonies", "root-birth.yaml");

    public static CeremonyEnd Play(string folder, TextWriter words, string? font, TimeProvider clock, DeviceOptions? options = null)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new CeremonyRefusal($"{folder} is not empty.", "Name a new or empty folder with --out.");
        }

        Directory.CreateDirectory(folder);
        string script = File.ReadAllText(Template);
        Dictionary<string, string> pins = [];
        foreach ((string name, string token) in s_people)
        {
            pins[name] = "pin of " + token;
            Certificate certificate = PersonToken.Create(Path.Combine(folder, "tokens", token), name, Organisation, pins[name], clock.GetUtcNow(), options ?? new DeviceOptions());
            script = script.Replace($"token: tokens/{token}, certificate: fill-in", $"token: tokens/{token}, certificate: {CeremonyTranscript.Digest(certificate.RawData.Span)}", StringComparison.Ordinal);
        }

        words.WriteLine($"{s_people.Length} 人的令牌已制作 / {s_people.Length} tokens made in {Path.Combine(folder, "tokens")}");
        string path = Path.Combine(folder, "script.yaml");
        File.WriteAllText(path, script, new UTF8Encoding(false));
        return new Director(CeremonyScript.Load(path), new DemoAttendant(words, pins), clock, options ?? new DeviceOptions(), font).Play();
    }

    /// <summary>All people at once; whoever watches sees what each of them would.</summary>
    private sealed class DemoAttendant(TextWriter words, Dictionary<string, string> pins) : IAttendant
    {
        public bool Begin(int number, int count, CeremonyStep step)
        {
            words.WriteLine($"[{number}/{count}] {step.Zh}");
            return true;
        }

        public string? Pin(ScriptPerson person, int? triesLeft) => triesLeft is null ? pins[person.Name] : null;

        public void Done(CeremonyAct act) => words.WriteLine($"      ✓ {act.What}{(act.Digest is null ? "" : $"  SM3 {act.Digest[..16]}…")}");

        public void Signing(int people) => words.WriteLine($"{people} 人对记录签名 / {people} people sign the transcript");
    }
}
