using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Hufu.Print;

/// <summary>The frame of a PDF 1.7 file: numbered objects, the table of where they lie, the trailer.</summary>
internal sealed class PdfFile
{
    private readonly List<byte[]> _objects = [];

    /// <summary>Takes a number for an object that is written later.</summary>
    public int Reserve()
    {
        _objects.Add([]);
        return _objects.Count;
    }

    public void Set(int number, string content) => _objects[number - 1] = Encoding.ASCII.GetBytes(content);

    /// <summary>A compressed stream.</summary>
    /// <param name="number">A reserved number.</param>
    /// <param name="content">What is compressed.</param>
    /// <param name="entries">Further entries of its dictionary.</param>
    public void SetStream(int number, ReadOnlySpan<byte> content, string entries = "")
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(content);
        }

        _objects[number - 1] = [.. Encoding.ASCII.GetBytes($"<< /Length {packed.Length} /Filter /FlateDecode {entries} >>\nstream\n"), .. packed.ToArray(), .. "\nendstream"u8];
    }

    public byte[] Encode(int catalog, int information)
    {
        using MemoryStream file = new();
        Write(file, "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
        List<long> offsets = [];
        for (int i = 0; i < _objects.Count; i++)
        {
            offsets.Add(file.Length);
            Write(file, string.Create(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n"));
            file.Write(_objects[i]);
            Write(file, "\nendobj\n");
        }

        long table = file.Length;
        Write(file, string.Create(CultureInfo.InvariantCulture, $"xref\n0 {_objects.Count + 1}\n0000000000 65535 f \n"));
        offsets.ForEach(o => Write(file, string.Create(CultureInfo.InvariantCulture, $"{o:D10} 00000 n \n")));
        Write(file, string.Create(CultureInfo.InvariantCulture, $"trailer\n<< /Size {_objects.Count + 1} /Root {catalog} 0 R /Info {information} 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        return file.ToArray();
    }

    private static void Write(Stream stream, string text) => stream.Write(Encoding.Latin1.GetBytes(text));
}
