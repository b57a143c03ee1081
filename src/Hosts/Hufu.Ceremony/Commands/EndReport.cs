using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hufu.Ceremony.Play;
using Hufu.Pki;

namespace Hufu.Ceremony.Commands;

/// <summary>What a ceremony left, in words or as JSON.</summary>
internal static class EndReport
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, bool json, string folder, CeremonyEnd end, TimeSpan took)
    {
        if (json)
        {
            WriteJson(output, w =>
            {
                w.WriteString("folder", folder);
                w.WriteNumber("milliseconds", (long)took.TotalMilliseconds);
                if (end.PdfFont is null)
                {
                    w.WriteNull("pdfFont");
                }
                else
                {
                    w.WriteString("pdfFont", end.PdfFont.Path);
                }

                w.WriteString("stopped", end.Stopped?.Message);
                w.WriteString("next", end.Stopped?.Next);
                w.WriteBoolean("verified", end.Verdict.IsValid);
                w.WritePropertyName("transcript");
                w.WriteRawValue(end.Transcript.Encode());
            });
            return;
        }

        output.WriteLine();
        if (end.Stopped is not null)
        {
            output.WriteLine($"仪式中止 / stopped: {end.Stopped.Message}\n  → {end.Stopped.Next}");
        }

        output.WriteLine($"{end.Transcript.Acts.Count} 个步骤，{end.Transcript.People.Count} 人签名，{took.TotalSeconds:F1} 秒 / {end.Transcript.Acts.Count} acts, signed by {end.Transcript.People.Count} people");
        output.WriteLine(end.Verdict.IsValid ? "记录签名已验证 / the signed transcript verifies" : "记录无效 / NOT valid: " + string.Join(" ", end.Verdict.Problems));
        if (end.PdfFont is null)
        {
            output.WriteLine("PDF 仅英文：未找到中文 TrueType 字体 / the PDF is in English only: no TrueType font with Chinese (fonts-arphic-gbsn00lp or --font FILE)");
        }

        foreach (CeremonyFile file in end.Transcript.Files)
        {
            output.WriteLine($"  {Path.Combine(folder, file.Name)}  SM3 {file.Digest[..16]}…");
        }

        output.WriteLine($"  {Path.Combine(folder, CeremonyTranscript.SignedFileName)}");
        output.WriteLine(
            $"""
            下一步 / Next:
              1. 核对并归档记录 / check and file the record:   ./hufu ceremony verify {Path.Combine(folder, CeremonyTranscript.SignedFileName)}
              2. 证书与 CRL 以 exchange/ 中的文件带出 / carry the files of exchange/ to where they are used; lint them: ./hufu lint FILE
              3. 各设备、令牌分别封存；口令只有持有人知道 / lock devices and tokens away, each in its own place; only holders know their PINs
              4. 签名记录提交平台（CA 仪式记录）/ hand this folder to the platform, which verifies it, keeps it and honours the keys' states: ./hufu ceremony take-in {folder}
            """);
    }

    public static void WriteVerdict(TextWriter output, bool json, CeremonyVerdict verdict, IReadOnlyList<string> problems)
    {
        if (json)
        {
            WriteJson(output, w =>
            {
                w.WriteBoolean("valid", problems.Count == 0);
                w.WriteStartArray("problems");
                foreach (string problem in problems)
                {
                    w.WriteStringValue(problem);
                }

                w.WriteEndArray();
                w.WritePropertyName("transcript");
                w.WriteRawValue(verdict.Transcript.Encode());
            });
            return;
        }

        output.WriteLine($"{verdict.Transcript.Title} / {verdict.Transcript.TitleEn}  {verdict.Transcript.Id}");
        for (int i = 0; i < verdict.Transcript.People.Count; i++)
        {
            output.WriteLine($"  {verdict.Transcript.People[i].Name} ({verdict.Transcript.People[i].Role}): {verdict.Signers[i]?.Subject.ToString() ?? "?"}");
        }

        foreach (string problem in problems)
        {
            output.WriteLine("  ✗ " + problem);
        }

        output.WriteLine(problems.Count == 0 ? $"有效 / valid: {verdict.Transcript.People.Count} signatures, {verdict.Transcript.Files.Count} files" : "无效 / NOT valid");
    }

    /// <summary>Files of the transcript that are there and differ, or are gone.</summary>
    public static IEnumerable<string> ChangedFiles(string folder, CeremonyTranscript transcript)
    {
        foreach (CeremonyFile file in transcript.Files)
        {
            string path = Path.GetFullPath(Path.Combine(folder, file.Name));
            if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                yield return $"{file.Name}: lies outside of the ceremony's folder.";
            }
            else if (!File.Exists(path))
            {
                yield return $"{file.Name}: is not there.";
            }
            else if (CeremonyTranscript.Digest(File.ReadAllBytes(path)) != file.Digest)
            {
                yield return $"{file.Name}: is not the file of the transcript.";
            }
        }
    }

    private static void WriteJson(TextWriter output, Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
