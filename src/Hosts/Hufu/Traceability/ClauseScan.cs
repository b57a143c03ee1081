using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Hufu.Host.Traceability;

/// <summary>Reads the <c>[Clause]</c> marks out of a built assembly's metadata, without loading it.</summary>
internal static class ClauseScan
{
    private const string Mark = "Hufu.Contracts.ClauseAttribute";

    /// <summary>All marks of an assembly, in metadata order.</summary>
    /// <param name="file">Path of the assembly.</param>
    public static IReadOnlyList<ClauseMark> Read(string file)
    {
        using PEReader image = new(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        string project = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        List<ClauseMark> marks = [];
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            string name = WrittenName(metadata, type);
            Collect(type.GetCustomAttributes(), name, HoldsTest(metadata, type));
            foreach (MethodDefinitionHandle methodHandle in type.GetMethods())
            {
                MethodDefinition method = metadata.GetMethodDefinition(methodHandle);
                Collect(method.GetCustomAttributes(), $"{name}.{WrittenMethod(metadata.GetString(method.Name), name)}", IsTest(metadata, method));
            }

            foreach (PropertyDefinitionHandle propertyHandle in type.GetProperties())
            {
                PropertyDefinition property = metadata.GetPropertyDefinition(propertyHandle);
                Collect(property.GetCustomAttributes(), $"{name}.{metadata.GetString(property.Name)}", isTest: false);
            }
        }

        return marks;

        void Collect(CustomAttributeHandleCollection attributes, string member, bool isTest)
        {
            foreach (CustomAttributeHandle attributeHandle in attributes)
            {
                CustomAttribute attribute = metadata.GetCustomAttribute(attributeHandle);
                if (TypeName(metadata, attribute) == Mark)
                {
                    BlobReader value = metadata.GetBlobReader(attribute.Value);
                    value.ReadUInt16(); // the prolog, ECMA-335 II.23.3
                    marks.Add(new ClauseMark(value.ReadSerializedString() ?? "", project, member, isTest));
                }
            }
        }
    }

    // What the compiler makes of a lambda or local function belongs to the type and method that a reader sees: <>c.<Check>b__3 → Check.
    private static string WrittenName(MetadataReader metadata, TypeDefinition type)
    {
        while (metadata.GetString(type.Name).StartsWith('<') && !type.GetDeclaringType().IsNil)
        {
            type = metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        return metadata.GetString(type.Name).Split('`')[0];
    }

    private static string WrittenMethod(string name, string type)
    {
        if (name is ".ctor" or ".cctor")
        {
            return type;
        }

        int end = name.StartsWith('<') ? name.IndexOf('>', StringComparison.Ordinal) : -1;
        return end > 1 ? name[1..end] : name[(name.LastIndexOf('.') + 1)..];
    }

    private static bool HoldsTest(MetadataReader metadata, TypeDefinition type) =>
        type.GetMethods().Any(method => IsTest(metadata, metadata.GetMethodDefinition(method)));

    private static bool IsTest(MetadataReader metadata, MethodDefinition method) =>
        method.GetCustomAttributes().Any(handle =>
            TypeName(metadata, metadata.GetCustomAttribute(handle)) is { } name
            && (name.EndsWith("FactAttribute", StringComparison.Ordinal) || name.EndsWith("TheoryAttribute", StringComparison.Ordinal)));

    private static string? TypeName(MetadataReader metadata, CustomAttribute attribute)
    {
        EntityHandle type = attribute.Constructor.Kind switch
        {
            HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent,
            HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType(),
            _ => default,
        };
        if (type.Kind == HandleKind.TypeReference)
        {
            TypeReference reference = metadata.GetTypeReference((TypeReferenceHandle)type);
            return metadata.GetString(reference.Namespace) + "." + metadata.GetString(reference.Name);
        }

        if (type.Kind == HandleKind.TypeDefinition)
        {
            TypeDefinition definition = metadata.GetTypeDefinition((TypeDefinitionHandle)type);
            return metadata.GetString(definition.Namespace) + "." + metadata.GetString(definition.Name);
        }

        return null;
    }
}
